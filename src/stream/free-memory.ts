import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Transfer = (this: ArrayBufferLike, newLength: number) => ArrayBuffer;

/**
 * `ArrayBuffer.prototype.transfer`. Node.js 20 has it, but offers it only to contexts that are created while its flag
 * is set.
 */
const transfer: Transfer = "transfer" in ArrayBuffer.prototype ? transferOf(ArrayBuffer) : hiddenTransfer();

/**
 * Free the memory of a message now; the view is empty afterwards.
 *
 * A message of 1 MiB is a few dozen bytes on the JavaScript heap, but V8 takes the rest into account, so the garbage
 * collector would run at every sixth frame, which takes longer than receiving them. Transferring a buffer to one of
 * length 0 frees it at once.
 *
 * @param bytes  the whole buffer, used by nothing else: neither a part of a pool, nor still being sent through a
 *   socket
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength > 0 && byteLength === buffer.byteLength) transfer.call(buffer, 0);
}

/**
 * Take over the memory of a block for reuse; the given view is empty afterwards, as with {@link freeMemory}.
 * Filling new memory takes longer than filling reused memory, because the system provides it page by page.
 *
 * @param bytes  the whole buffer, used by nothing else
 */
export function takeMemory({ buffer }: Uint8Array): Uint8Array {
  return new Uint8Array(transfer.call(buffer, buffer.byteLength));
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
