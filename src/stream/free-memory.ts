import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Transfer = (this: ArrayBufferLike, newLength: number) => ArrayBuffer;

/** `ArrayBuffer.prototype.transfer`. Node.js 20 has it, but shows it only to contexts that are made while its flag is set. */
const transfer: Transfer = "transfer" in ArrayBuffer.prototype ? transferOf(ArrayBuffer) : hiddenTransfer();

/**
 * Give the memory of a message back now; the view is empty afterwards.
 *
 * A message of 1 MiB is a few dozen bytes to the garbage collector, which is told of the rest and so has to run at every
 * sixth frame: that takes longer than to receive them. To transfer a buffer to one of no length frees it at once.
 *
 * @param bytes  all of its buffer, and nobody else's: not a part of a pool, and not on its way out through a socket
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength > 0 && byteLength === buffer.byteLength) transfer.call(buffer, 0);
}

function hiddenTransfer(): Transfer {
  setFlagsFromString("--harmony-rab-gsab-transfer");
  try {
    return transferOf(runInNewContext("ArrayBuffer"));
  } finally {
    setFlagsFromString("--no-harmony-rab-gsab-transfer");
  }
}

function transferOf({ prototype }: typeof ArrayBuffer): Transfer {
  return (prototype as unknown as { transfer: Transfer }).transfer;
}
