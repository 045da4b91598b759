import { ADC_MASK } from "../detector.js";

/** Bits of a G0 word. */
const WORD_BITS = 14;

/**
 * What the first and the last four words of a stamped module frame say, as ADC values in G0: module, run modulo 2^14, and the
 * exposure's index, its lower 14 bits first.
 */
export interface Stamp {
  readonly moduleIndex: number;
  readonly run: number;
  /** Counts all exposures of a run from 0, whatever their frame numbers are. */
  readonly exposure: number;
}

const STAMP_WORDS = 4;

/** Write a stamp. @param words  uint16, of one module */
export function writeStamp(words: Uint16Array, { moduleIndex, run, exposure }: Stamp): void {
  const stamp = [moduleIndex, run & ADC_MASK, exposure & ADC_MASK, (exposure >> WORD_BITS) & ADC_MASK];
  words.set(stamp, 0);
  words.set(stamp, words.length - STAMP_WORDS);
}

/** @returns undefined if the first and the last words differ: they are not of one frame */
export function readStamp(words: Uint16Array): Stamp | undefined {
  const stamp = words.subarray(0, STAMP_WORDS);
  const last = words.subarray(-STAMP_WORDS);
  if (!stamp.every((word, index) => word === last[index])) return undefined;
  const [moduleIndex = 0, run = 0, low = 0, high = 0] = stamp;
  return { moduleIndex, run, exposure: low + (high << WORD_BITS) };
}
