import { MISSING_WORD } from "../detector.js";
import { type PixelRegion, totalsOf } from "./pixel-totals.js";

/** What the good pixels of a region come to. */
export interface RegionStatistics {
  /** Of float32 values within 1.2e-7 of the sum of their sizes, usually within 1e-10; of whole numbers exact. */
  readonly sum: number;
  /** Null if there are no good pixels. */
  readonly max: number | null;
  readonly count: number;
}

/** @param sum  of `count` values */
export function regionStatistics(sum: number, max: number, count: number): RegionStatistics {
  return { sum, max: count === 0 ? null : max + 0, count };
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
  const missing = values instanceof Uint16Array ? MISSING_WORD : Number.NaN;
  const { sum, max, count } = totalsOf(values, status, columns, region, missing);
  return regionStatistics(sum, max, count);
}
