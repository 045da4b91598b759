import { PIXEL_STATUS } from "./pixel-status.js";

/** From the first to before the last: a slice of numpy. */
export type PixelRange = readonly [from: number, to: number];

/** A rectangle of a frame. */
export interface PixelRegion {
  readonly rows: PixelRange;
  readonly columns: PixelRange;
}

type Pixels = Float32Array | Int32Array | Uint16Array;

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

/** What pixels come to. */
export interface PixelTotals {
  /** Infinity if there are none. */
  readonly min: number;
  /** -Infinity if there are none. */
  readonly max: number;
  readonly sum: number;
  readonly count: number;
}

interface Totals {
  min: number;
  max: number;
  count: number;
  readonly sums: Float64Array;
}

/**
 * Add the good pixels of a region, one by one; bit for bit as the SIMD kernel does.
 *
 * @param status   in the shape of `values`: pixels with another status than 0 do not count
 * @param columns  of the frame
 * @param missing  a whole number that stands for no measurement; none by default
 */
export function totalsOf(
  values: Pixels,
  status: Uint8Array | undefined,
  columns: number,
  region: PixelRegion,
  missing = Number.NaN,
): PixelTotals {
  const totals: Totals = {
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    count: 0,
    sums: new Float64Array(SUMS),
  };
  const [from, to] = region.columns;
  for (let row = region.rows[0]; row < region.rows[1]; row++) {
    if (values instanceof Float32Array) addRow(totals, values, status, row * columns, from, to);
    else addIntegers(totals, values, status, row * columns + from, row * columns + to, missing);
  }
  const [sum0, sum1, sum2, sum3] = totals.sums as Iterable<number> as [number, number, number, number];
  return { min: totals.min, max: totals.max, sum: sum0 + sum2 + (sum1 + sum3), count: totals.count };
}

/** Add a part of the row that begins at a pixel. Blocks begin at columns that are multiples of their size. */
function addRow(
  totals: Totals,
  values: Float32Array,
  status: Uint8Array | undefined,
  row: number,
  from: number,
  to: number,
): void {
  const whole = Math.min(Math.ceil(from / BLOCK) * BLOCK, to);
  const tail = Math.max(to - (to % BLOCK), whole);
  if (from < whole) addPart(totals, values, status, row + from, row + whole, from % BLOCK);
  for (let start = whole; start < tail; start += STEP) {
    addBlocks(totals, values, status, row + start, row + Math.min(start + STEP, tail));
  }
  if (tail < to) addPart(totals, values, status, row + tail, row + to, 0);
}

/** Add a part of a block. @param place  of its first pixel in the block */
function addPart(
  totals: Totals,
  values: Float32Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
  place: number,
): void {
  const block = new Float32Array(BLOCK).fill(Number.NaN);
  block.set(values.subarray(start, end), place);
  const blockStatus = new Uint8Array(BLOCK);
  if (status !== undefined) blockStatus.set(status.subarray(start, end), place);
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
  totals.min = min;
  totals.max = max;
  totals.count = count;
}

/** The value of a good pixel; NaN of a bad one. */
function measurement(values: Float32Array, status: Uint8Array | undefined, pixel: number): number {
  return status === undefined || status[pixel] === GOOD ? (values[pixel] as number) : Number.NaN;
}

/** Add whole numbers, in whatever order: float64 holds their sum exactly. */
function addIntegers(
  totals: Totals,
  values: Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
  missing: number,
): void {
  for (let step = start; step < end; step += STEP) {
    addSomeIntegers(totals, values, status, step, Math.min(step + STEP, end), missing);
  }
}

function addSomeIntegers(
  totals: Totals,
  values: Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  start: number,
  end: number,
  missing: number,
): void {
  let { min, max, count } = totals;
  let sum = 0;
  for (let pixel = start; pixel < end; pixel++) {
    const value = values[pixel] as number;
    if ((status !== undefined && status[pixel] !== GOOD) || value === missing) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  totals.sums[0] = (totals.sums[0] as number) + sum;
  totals.min = min;
  totals.max = max;
  totals.count = count;
}
