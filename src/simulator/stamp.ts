import { ADC_MASK } from "../detector.js";

/**
 * The first and the last words of a stamped module frame, as ADC values in G0. The exposure's full index is
 * in the header, as the entry `exposure`.
 */
export interface Stamp {
  readonly moduleIndex: number;
  /** The detector's seed modulo 2^14. */
  readonly run: number;
  /** The exposure's index modulo {@link STAMP_CYCLE}, so that a few payloads can be reused for all frames. */
  readonly exposure: number;
}

export const STAMP_CYCLE = 64;
const STAMP_WORDS = 3;

/** Write the stamp of an exposure with any index. @param words  uint16, of one module */
export function writeStamp(words: Uint16Array, { moduleIndex, run, exposure }: Stamp): void {
  const stamp = [moduleIndex, run & ADC_MASK, exposure % STAMP_CYCLE];
  words.set(stamp, 0);
  words.set(stamp, words.length - STAMP_WORDS);
}

/** @returns undefined if the first and the last words differ, because they belong to different frames */
export function readStamp(words: Uint16Array): Stamp | undefined {
  const stamp = words.subarray(0, STAMP_WORDS);
  const last = words.subarray(-STAMP_WORDS);
  if (!stamp.every((word, index) => word === last[index])) return undefined;
  const [moduleIndex = 0, run = 0, exposure = 0] = stamp;
  return { moduleIndex, run, exposure };
}
