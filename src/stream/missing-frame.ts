import { BYTES_PER_WORD, MODULE_COLUMNS } from "../detector.js";
import type { ModuleFrame } from "./module-stream.js";

/** Payloads of missing frames, by their size in bytes. Frames share them. */
const missingWords = new Map<number, Uint8Array>();

/**
 * A frame in place of one that did not arrive.
 * @param like  a frame of another port, preferably of the same module
 */
export function missingFrame(like: ModuleFrame, portIndex: number): ModuleFrame {
  const { frameNumber, rows, gainMode, arrivalSeconds } = like;
  const sizeBytes = rows * MODULE_COLUMNS * BYTES_PER_WORD;
  const raw = missingWords.get(sizeBytes) ?? new Uint8Array(sizeBytes).fill(0xff);
  missingWords.set(sizeBytes, raw);
  return {
    frameNumber,
    portIndex,
    rows,
    raw,
    complete: false,
    timestampTicks: 0n,
    gainMode,
    arrivalSeconds,
    repaired: false,
    missing: true,
  };
}
