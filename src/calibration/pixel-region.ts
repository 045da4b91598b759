import { MISSING_WORD } from "../detector.js";
import { PIXEL_STATUS } from "./pixel-status.js";

/** From the first to before the last: a slice of numpy. */
export type PixelRange = readonly [from: number, to: number];

/** A rectangle of a frame. */
export interface PixelRegion {
  readonly rows: PixelRange;
  readonly columns: PixelRange;
}

/** What the good pixels of a region come to. */
export interface RegionStatistics {
  /** Added in float64. */
  readonly sum: number;
  /** Null if there are no good pixels. */
  readonly max: number | null;
  readonly count: number;
}

/** @param sum  of `count` values */
export function regionStatistics(sum: number, max: number, count: number): RegionStatistics {
  return { sum, max: count === 0 ? null : max + 0, count };
}

/** Pixels are added as the SIMD kernel adds them: every fourth column of a region to one of four sums. */
const SUMS = 4;
// Here, because compiled code looks at another module's constant anew for each pixel.
const GOOD: number = PIXEL_STATUS.good;
const MISSING: number = MISSING_WORD;

interface Totals {
  readonly sums: Float64Array;
  max: number;
  count: number;
}

/**
 * Measure the good pixels of a region, one by one; bit for bit as the SIMD kernel does.
 *
 * @param columns  of the frame
 * @param status   in the shape of `values`: pixels with another status than 0 do not count. Of raw words, 0xFFFF does not
 */
export function measureRegion(
  values: Float32Array | Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  columns: number,
  region: PixelRegion,
): RegionStatistics {
  const totals: Totals = { sums: new Float64Array(SUMS), max: Number.NEGATIVE_INFINITY, count: 0 };
  const [from, to] = region.columns;
  for (let row = region.rows[0]; row < region.rows[1]; row++) {
    const [start, end] = [row * columns + from, row * columns + to];
    if (values instanceof Uint16Array) addWords(totals, values, start, end);
    else addRow(totals, values, status, start, end, from);
  }
  const [a, b, c, d] = totals.sums as Iterable<number> as [number, number, number, number];
  return regionStatistics(a + c + (b + d), totals.max, totals.count);
}

/** A separate function: in one with a loop around, the compiler discards its code each time the loop ends. */
function addRow(
  totals: Totals,
  values: Float32Array | Int32Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
  firstColumn: number,
): void {
  const { sums } = totals;
  let { max, count } = totals;
  for (let pixel = start; pixel < end; pixel++) {
    if (status !== undefined && status[pixel] !== GOOD) continue;
    const value = values[pixel] as number;
    const sum = (pixel - start + firstColumn) % SUMS;
    sums[sum] = (sums[sum] as number) + value;
    if (value > max) max = value;
    count++;
  }
  totals.max = max;
  totals.count = count;
}

/** Whole numbers, exact in any order. Gaps hold 0xFFFF, so no status is needed. */
function addWords(totals: Totals, words: Uint16Array, start: number, end: number): void {
  let { max, count } = totals;
  let sum = 0;
  for (let pixel = start; pixel < end; pixel++) {
    const word = words[pixel] as number;
    if (word === MISSING) continue;
    sum += word;
    if (word > max) max = word;
    count++;
  }
  totals.sums[0] = (totals.sums[0] as number) + sum;
  totals.max = max;
  totals.count = count;
}
