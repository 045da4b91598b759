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

/** Float32 pixels are added as the SIMD kernel adds them: of each 16 every fourth in float32, these four sums in float64. */
const SUMS = 4;
const BLOCK = 16;
/**
 * How many pixels one call measures. In a function with one loop over a whole frame V8 gives up the compiled code each time
 * the loop ends; measured: two to four times as long.
 */
const STEP = 64 * BLOCK;
/** Here, because compiled code looks at another module's constant anew for each pixel: a fifth of the time. */
const GOOD: number = PIXEL_STATUS.good;

/** What the pixels come to so far. */
interface Totals {
  min: number;
  max: number;
  count: number;
  readonly sums: Float64Array;
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
  const totals: Totals = {
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    count: 0,
    sums: new Float64Array(SUMS),
  };
  if (values instanceof Float32Array) measureFloats(totals, values, status);
  else measureIntegers(totals, values, status);
  const [sum0, sum1, sum2, sum3] = totals.sums as Iterable<number> as [number, number, number, number];
  return pixelStatistics(totals.min, totals.max, sum0 + sum2 + (sum1 + sum3), totals.count);
}

function measureFloats(totals: Totals, values: Float32Array, status: Uint8Array | undefined): void {
  const whole = values.length - (values.length % BLOCK);
  for (let start = 0; start < whole; start += STEP) {
    addBlocks(totals, values, status, start, Math.min(start + STEP, whole));
  }
  if (whole === values.length) return;
  const block = new Float32Array(BLOCK).fill(Number.NaN);
  block.set(values.subarray(whole));
  const blockStatus = new Uint8Array(BLOCK);
  if (status !== undefined) blockStatus.set(status.subarray(whole, values.length));
  addBlocks(totals, block, blockStatus, 0, BLOCK);
}

/** Add whole blocks. */
function addBlocks(
  totals: Totals,
  values: Float32Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
): void {
  const { sums } = totals;
  let { min, max, count } = totals;
  for (let block = start; block < end; block += BLOCK) {
    for (let lane = 0; lane < SUMS; lane++) {
      let a = measurement(values, status, block + lane);
      let b = measurement(values, status, block + lane + SUMS);
      let c = measurement(values, status, block + lane + 2 * SUMS);
      let d = measurement(values, status, block + lane + 3 * SUMS);
      if (a < min) min = a;
      if (b < min) min = b;
      if (c < min) min = c;
      if (d < min) min = d;
      if (a > max) max = a;
      if (b > max) max = b;
      if (c > max) max = c;
      if (d > max) max = d;
      if (Number.isNaN(a)) a = 0;
      else count++;
      if (Number.isNaN(b)) b = 0;
      else count++;
      if (Number.isNaN(c)) c = 0;
      else count++;
      if (Number.isNaN(d)) d = 0;
      else count++;
      const sum = Math.fround(Math.fround(a + c) + Math.fround(b + d));
      sums[lane] = (sums[lane] as number) + sum;
    }
  }
  Object.assign(totals, { min, max, count });
}

/** The value of a good pixel; NaN of a bad one. */
function measurement(values: Float32Array, status: Uint8Array | undefined, pixel: number): number {
  return status === undefined || status[pixel] === GOOD ? (values[pixel] as number) : Number.NaN;
}

function measureIntegers(
  totals: Totals,
  values: Int32Array | Uint16Array,
  status: Uint8Array | undefined,
): void {
  for (let start = 0; start < values.length; start += STEP) {
    addIntegers(totals, values, status, start, Math.min(start + STEP, values.length));
  }
}

/** Add whole numbers, in whatever order: float64 holds their sum exactly. */
function addIntegers(
  totals: Totals,
  values: Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
): void {
  let { min, max, count } = totals;
  let sum = 0;
  for (let pixel = start; pixel < end; pixel++) {
    if (status !== undefined && status[pixel] !== GOOD) continue;
    const value = values[pixel] as number;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  totals.sums[0] = (totals.sums[0] as number) + sum;
  Object.assign(totals, { min, max, count });
}
