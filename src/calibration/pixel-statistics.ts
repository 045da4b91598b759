import { PIXEL_STATUS } from "./pixel-status.js";

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

/** Pixels of a block are added to this many sums first, in the precision of the pixels; and then all blocks' in float64. */
const SUMS = 4;
const BLOCK = 16;

/**
 * Measure pixels one by one; bit for bit as the SIMD kernel does. NaN is no measurement, whatever the status.
 *
 * @param status  in the shape of `values`; without it all pixels are measurements
 */
export function measurePixels(
  values: Float32Array | Int32Array | Uint16Array,
  status: Uint8Array | undefined,
): PixelStatistics {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let count = 0;
  const block = values instanceof Float32Array ? new Float32Array(BLOCK) : new Float64Array(BLOCK);
  const sums = new Float64Array(SUMS);
  for (let start = 0; start < values.length; start += BLOCK) {
    block.fill(0);
    for (let pixel = start; pixel < start + BLOCK && pixel < values.length; pixel++) {
      const value = values[pixel] as number;
      if (Number.isNaN(value) || (status !== undefined && status[pixel] !== PIXEL_STATUS.good)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      block[pixel - start] = value;
      count++;
    }
    fold(block, SUMS);
    for (let i = 0; i < SUMS; i++) sums[i] = (sums[i] as number) + (block[i] as number);
  }
  fold(sums, 1);
  return pixelStatistics(min, max, sums[0] as number, count);
}

/** Add the second half of an array to the first, until so many are left. */
function fold(array: Float32Array | Float64Array, left: number): void {
  for (let half = array.length / 2; half >= left; half /= 2) {
    for (let i = 0; i < half; i++) array[i] = (array[i] as number) + (array[i + half] as number);
  }
}
