import {
  ADC_MASK,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G1,
  GAIN_CODE_G2,
  MISSING_WORD,
  SATURATED_WORD,
} from "../detector.js";
import { PIXEL_STATUS } from "./pixel-status.js";

/** How many pixels have left G0, and how far. Pixels that are masked or missing are left out. */
export interface GainStageCounts {
  readonly g1: number;
  /** Saturated pixels included. */
  readonly g2: number;
  /** In G2 at ADC value 0, the end of its range. */
  readonly saturated: number;
  /** In G2 at an ADC value up to the margin: G2 counts down as a pixel gets brighter. Saturated pixels included. */
  readonly nearLimit: number;
}

/** How many pixels one call counts; see pixel-statistics.ts. */
const STEP = 2 ** 14;
const GAIN_BITS_OF_PAIR = (0b11 << GAIN_BITS_SHIFT) | (0b11 << (GAIN_BITS_SHIFT + 16));
// Here, because compiled code looks at another module's constant anew for each pixel.
const GOOD: number = PIXEL_STATUS.good;
const MASKED: number = PIXEL_STATUS.masked;
const MISSING: number = MISSING_WORD;
const [MIN_INT32, MAX_INT32] = [-(2 ** 31), 2 ** 31 - 1];

/** A threshold as pixels are compared with: float32, or of whole numbers int32. */
export function pixelThreshold(threshold: number, isRounded: boolean): number {
  const single = Math.fround(threshold);
  return isRounded ? Math.min(Math.max(Math.floor(single), MIN_INT32), MAX_INT32) : single;
}

/**
 * Count the pixels above a threshold; NaN is above none.
 *
 * @param threshold  used as float32
 * @param status     in the shape of `values`: pixels with another status than 0 do not count; of raw words, 0xFFFF does
 *                   not
 */
export function countAbove(
  values: Float32Array | Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  threshold: number,
): number {
  const limit = pixelThreshold(threshold, values instanceof Int32Array);
  let count = 0;
  for (let start = 0; start < values.length; start += STEP) {
    const end = Math.min(start + STEP, values.length);
    if (values instanceof Uint16Array) count += countWords(values, limit, start, end);
    else count += countGood(values, status, limit, start, end);
  }
  return count;
}

/** A separate function, because code for one kind of array is faster. Gaps hold 0xFFFF, so no status is needed. */
function countWords(words: Uint16Array, limit: number, start: number, end: number): number {
  let count = 0;
  for (let pixel = start; pixel < end; pixel++) {
    const word = words[pixel] as number;
    if (word > limit && word !== MISSING) count++;
  }
  return count;
}

function countGood(
  values: Float32Array | Int32Array,
  status: Uint8Array | undefined,
  limit: number,
  start: number,
  end: number,
): number {
  let count = 0;
  for (let pixel = start; pixel < end; pixel++) {
    if ((values[pixel] as number) > limit && (status === undefined || status[pixel] === GOOD)) count++;
  }
  return count;
}

/**
 * Count words by their gain stage.
 *
 * @param words      with gain bits, uint16; at a multiple of 4 bytes, and an even number of them
 * @param status     in the shape of the words: masked pixels are left out; undefined if there are no masks
 * @param marginAdu  how near the end of G2 counts as near, 0 to 16383
 */
export function countGainStages(
  words: Uint16Array,
  status: Uint8Array | undefined,
  marginAdu: number,
): GainStageCounts {
  const pairs = new Uint32Array(words.buffer, words.byteOffset, words.length / 2);
  const counts = { g1: 0, g2: 0, saturated: 0, nearLimit: 0 };
  for (let start = 0; start < pairs.length; start += STEP) {
    const end = Math.min(start + STEP, pairs.length);
    for (
      let pair = nextOutsideG0(pairs, start, end);
      pair < end;
      pair = nextOutsideG0(pairs, pair + 1, end)
    ) {
      for (const pixel of [2 * pair, 2 * pair + 1]) {
        if (status?.[pixel] !== MASKED) countWord(words[pixel] as number, marginAdu, counts);
      }
    }
  }
  return counts;
}

/** Index of the next pair of words of which at least one is not in G0; `end` after the last pair. */
function nextOutsideG0(pairs: Uint32Array, start: number, end: number): number {
  let pair = start;
  while (pair < end && ((pairs[pair] as number) & GAIN_BITS_OF_PAIR) === 0) pair++;
  return pair;
}

function countWord(
  word: number,
  marginAdu: number,
  counts: { -readonly [Name in keyof GainStageCounts]: number },
): void {
  const code = word >> GAIN_BITS_SHIFT;
  if (code === GAIN_CODE_G1) counts.g1 += 1;
  if (code !== GAIN_CODE_G2 || word === MISSING_WORD) return;
  counts.g2 += 1;
  if (word === SATURATED_WORD) counts.saturated += 1;
  if ((word & ADC_MASK) <= marginAdu) counts.nearLimit += 1;
}
