import { totalsOf } from "./pixel-totals.js";

/** Statistics of the pixels that hold a measurement. */
export interface PixelStatistics {
  /** Null if there are no such pixels, as are the two that follow. */
  readonly min: number | null;
  readonly max: number | null;
  /** Of float32 values within 1.2e-7 of the mean size of a value, usually within 1e-10; of whole numbers exact. */
  readonly mean: number | null;
  /** How many pixels these are of. */
  readonly count: number;
}

/** @param sum  of `count` values, float64 */
export function pixelStatistics(min: number, max: number, sum: number, count: number): PixelStatistics {
  if (count === 0) return { min: null, max: null, mean: null, count };
  // Which of 0 and -0 was met first does not matter: both become 0.
  return { min: min + 0, max: max + 0, mean: sum / count, count };
}

/**
 * Measure pixels one by one; bit for bit as the SIMD kernel does. NaN is no measurement, whatever the status.
 *
 * @param status  in the shape of `values`; without it all pixels are measurements
 */
export function measurePixels(
  values: Float32Array | Int32Array | Uint16Array,
  status: Uint8Array | undefined,
): PixelStatistics {
  const all = { rows: [0, 1], columns: [0, values.length] } as const;
  const { min, max, sum, count } = totalsOf(values, status, values.length, all);
  return pixelStatistics(min, max, sum, count);
}
