import type { ExecutionContext } from "ava";
import type { PixelStatistics } from "../../src/calibration/index.js";

/** Of the mean size of a value: two roundings to float32, where four pixels are added. */
export const FLOAT32_TOLERANCE = 2 ** -23;
/** Of whole numbers. */
const EXACT_TOLERANCE = 1e-15;
/** From here on the sum of four may be infinite. */
export const HUGE = 2 ** 126;

/** Compare statistics with those that a newcomer's loop in float64 gives. */
export function areStatisticsOf(
  t: ExecutionContext,
  actual: PixelStatistics,
  values: ArrayLike<number>,
  status?: Uint8Array,
): void {
  let min: number | null = null;
  let max: number | null = null;
  let sum = 0;
  let size = 0;
  let count = 0;
  for (let pixel = 0; pixel < values.length; pixel++) {
    if ((status?.[pixel] ?? 0) !== 0) continue;
    const value = values[pixel] as number;
    if (min === null || value < min) min = value + 0;
    if (max === null || value > max) max = value + 0;
    sum += value;
    size += Math.abs(value);
    count++;
  }
  t.deepEqual({ min: actual.min, max: actual.max, count: actual.count }, { min, max, count });
  if (actual.mean === null || count === 0) t.is(actual.mean, count === 0 ? null : sum / count);
  else if (Number.isFinite(actual.mean) || (Number(max) < HUGE && Number(min) > -HUGE)) {
    const tolerance = values instanceof Float32Array ? FLOAT32_TOLERANCE : EXACT_TOLERANCE;
    const difference = Math.abs(actual.mean - sum / count);
    t.true(difference <= (tolerance * size) / count, `mean ${actual.mean}, not ${sum / count}`);
  }
}
