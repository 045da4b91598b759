import { PIXEL_STATUS } from "./pixel-status.js";

/** Statistics of the pixels that hold a measurement. */
export interface PixelStatistics {
  /** Null if there are no such pixels, as are the two that follow. */
  readonly min: number | null;
  readonly max: number | null;
  /** From a sum in float64. */
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

/** How many sums there are; a pixel is added to the one of its index modulo this. A processor with SIMD needs several. */
const SUMS = 8;

/**
 * Measure pixels one by one. NaN is no measurement, whatever the status.
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
  const sums = new Float64Array(SUMS);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const value = values[pixel] as number;
    if (Number.isNaN(value) || (status !== undefined && status[pixel] !== PIXEL_STATUS.good)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    addTo(sums, pixel % SUMS, value);
    count++;
  }
  // Added in this order, the SIMD kernel gives the same bits.
  for (let half = SUMS / 2; half >= 1; half /= 2) {
    for (let i = 0; i < half; i++) addTo(sums, i, sums[i + half] as number);
  }
  return pixelStatistics(min, max, sums[0] as number, count);
}

function addTo(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] as number) + value;
}
