/*
 * The calibration of a JUNGFRAU 1M frame in AssemblyScript, 16 pixels a step. Build: npm run generate.
 *
 * It gives, bit for bit, what scalar-kernel.ts gives. Pixels are done in blocks of 16 and bands of 32 rows:
 *
 * - Nearly all pixels are in G0, where word and ADC value are the same: `sparseRow` takes every pixel for one, and
 *   notes, without a branch, which blocks hold others. `patch` then puts those of one other stage right, `blend` does
 *   the rest again with the constants of all stages.
 * - Where many blocks hold others, `denseBand` blends every block at once.
 * - `judge` says why pixels of a block are bad. Blocks of good pixels never come there.
 *
 * The status plane persists: it holds what is known of the pixels in G0, and blocks that differed in the frame before
 * are set back. So a typical frame writes hardly any of it.
 */

import {
  BAD_IN_BASE,
  BAD_IN_STATUS,
  BASE_STATUS,
  BASE_STATUS_STRIDE,
  BLOCK,
  BLOCKS_IN_ROW,
  CHANGED_BLOCKS,
  COLUMNS,
  COUNTS,
  G1_BLOCKS,
  G2_BLOCKS,
  PEDESTALS,
  PEDESTALS_STRIDE,
  PIXELS,
  RAW,
  RECIPROCALS,
  RECIPROCALS_STRIDE,
  ROWS,
  STATUS,
  TOUCHED,
  VALUES,
} from "./layout";

export {
  BASE_STATUS,
  BASE_STATUS_STRIDE,
  COUNTS,
  FILE_PEDESTALS,
  MEASURED,
  PEDESTALS,
  PEDESTALS_STRIDE,
  RAW,
  RECIPROCALS,
  RECIPROCALS_STRIDE,
  STATUS,
  TRACKING_STRIDE,
  VALUES,
  WINDOWS,
} from "./layout";
export { countFloatsAbove, countGainStages, countIntegersAbove } from "./count";
export { measureFloatRegion, measureIntegerRegion } from "./region";
export { measureFloats, measureIntegers, measureWords } from "./measure";
export { learn, track } from "./track";

/** Rows that are done together, so that the constants which they need besides G0's are fetched together. */
const ROWS_IN_BAND: u32 = 32;
/** Where a band has more blocks than this outside G0, the next is blended. Found by measurement. */
const DENSE_BLOCKS: u32 = ROWS_IN_BAND * 36;
const ALL_BLOCKS: u64 = u64.MAX_VALUE;

const GAIN_BITS = i16x8.splat(<i16>0xc000);
const CODE_G1 = i16x8.splat(0x4000);
const CODE_G2 = i16x8.splat(<i16>0xc000);
const CODE_INVALID = i16x8.splat(<i16>0x8000);
const ADC_BITS = i16x8.splat(0x3fff);
const MISSING_WORD = i16x8.splat(-1);
const SATURATED_WORD = i16x8.splat(<i16>0xc000);
const G1_LIMIT_WORD = i16x8.splat(0x4000);

const STATUS_MISSING: i8 = 1;
const STATUS_MASKED: i8 = 2;
const STATUS_INVALID_GAIN_CODE: i8 = 3;
const STATUS_SATURATED: i8 = 4;
const STATUS_NO_CONSTANTS: i8 = 5;

/**
 * Calibrate rows of RAW to VALUES and STATUS, and add to COUNTS.
 *
 * @param rows      a multiple of ROWS_IN_BAND
 * @param highGain  1 where G0 has the constants of HG0
 * @param fill      what bad pixels outside G0 hold; those in G0 hold NaN, from their constants
 */
export function calibrate(firstRow: u32, rows: u32, highGain: u32, fill: f32): void {
  const pedestals: usize = highGain ? PEDESTALS + 3 * PEDESTALS_STRIDE : PEDESTALS;
  const reciprocals: usize = highGain ? RECIPROCALS + 3 * RECIPROCALS_STRIDE : RECIPROCALS;
  const base: usize = highGain ? BASE_STATUS + BASE_STATUS_STRIDE : BASE_STATUS;
  let isDense = false;
  for (let band = firstRow; band < firstRow + rows; band += ROWS_IN_BAND) {
    const changedBlocks = isDense
      ? denseBand(band, pedestals, reciprocals, base, fill)
      : sparseBand(band, pedestals, reciprocals, base, fill);
    isDense = changedBlocks > DENSE_BLOCKS;
  }
}

/** Calibrate a band that is mostly in G0. @returns how many blocks hold pixels outside G0 */
function sparseBand(firstRow: u32, pedestals: usize, reciprocals: usize, base: usize, fill: f32): u32 {
  const endRow = firstRow + ROWS_IN_BAND;
  let changedBlocks: u32 = 0;
  for (let row = firstRow; row < endRow; row++) {
    const before = load<u64>(CHANGED_BLOCKS + 8 * row);
    const changed = sparseRow(row, pedestals, reciprocals);
    store<u64>(CHANGED_BLOCKS + 8 * row, changed);
    changedBlocks += <u32>popcnt(changed);
    restore(row, before & ~changed, base);
  }
  for (let row = firstRow; row < endRow; row++) sortByStage(row);
  fetch(firstRow, G1_BLOCKS, PEDESTALS_STRIDE);
  fetch(firstRow, G2_BLOCKS, 2 * PEDESTALS_STRIDE);
  for (let row = firstRow; row < endRow; row++) {
    const g1 = load<u64>(G1_BLOCKS + 8 * row);
    const single = g1 | load<u64>(G2_BLOCKS + 8 * row);
    for (let left = single; left; left &= left - 1) {
      patch(firstPixel(row, left), <bool>((g1 >> ctz(left)) & 1), base, fill);
    }
    for (let left = load<u64>(CHANGED_BLOCKS + 8 * row) & ~single; left; left &= left - 1) {
      blend(firstPixel(row, left), pedestals, reciprocals, base, fill);
    }
  }
  return changedBlocks;
}

/** Set the status of blocks back to the base status. */
@inline
function restore(row: u32, blocks: u64, base: usize): void {
  const badInBase = load<u64>(badInBaseOf(base) + 8 * row);
  const badInStatus = load<u64>(BAD_IN_STATUS + 8 * row);
  for (let left = blocks & (badInBase | badInStatus); left; left &= left - 1) {
    const pixel = firstPixel(row, left);
    v128.store(STATUS + pixel, v128.load(base + pixel));
  }
  store<u64>(BAD_IN_STATUS + 8 * row, (badInStatus & ~blocks) | (badInBase & blocks));
}

@inline
function badInBaseOf(base: usize): usize {
  return base == BASE_STATUS ? BAD_IN_BASE : BAD_IN_BASE + 8 * ROWS;
}

/** Calibrate a band with the constants of all stages. @returns how many blocks hold pixels outside G0 */
function denseBand(firstRow: u32, pedestals: usize, reciprocals: usize, base: usize, fill: f32): u32 {
  const endRow = firstRow + ROWS_IN_BAND;
  let changedBlocks: u32 = 0;
  for (let pixel = firstRow * COLUMNS; pixel < endRow * COLUMNS; pixel += BLOCK) {
    changedBlocks += blend(pixel, pedestals, reciprocals, base, fill);
  }
  for (let row = firstRow; row < endRow; row++) store<u64>(CHANGED_BLOCKS + 8 * row, ALL_BLOCKS);
  return changedBlocks;
}

/** The first pixel of the first block of a set. */
@inline
function firstPixel(row: u32, blocks: u64): u32 {
  return row * COLUMNS + <u32>ctz(blocks) * BLOCK;
}

/** Calibrate a row as if all pixels were in G0. @returns the blocks in which some are not */
@inline
function sparseRow(row: u32, pedestals: usize, reciprocals: usize): u64 {
  let changed: u64 = 0;
  const start = row * COLUMNS;
  for (let block: u32 = 0; block < BLOCKS_IN_ROW; block++) {
    const pixel = start + block * BLOCK;
    const raw: usize = RAW + 2 * pixel;
    const a = v128.load(raw);
    const b = v128.load(raw, 16);
    changed |= (<u64>v128.any_true(v128.and(v128.or(a, b), GAIN_BITS))) << block;
    const p: usize = pedestals + 4 * pixel;
    const r: usize = reciprocals + 4 * pixel;
    const v: usize = VALUES + 4 * pixel;
    v128.store(v, calibrated(i32x4.extend_low_i16x8_u(a), v128.load(p), v128.load(r)));
    v128.store(v, calibrated(i32x4.extend_high_i16x8_u(a), v128.load(p, 16), v128.load(r, 16)), 16);
    v128.store(v, calibrated(i32x4.extend_low_i16x8_u(b), v128.load(p, 32), v128.load(r, 32)), 32);
    v128.store(v, calibrated(i32x4.extend_high_i16x8_u(b), v128.load(p, 48), v128.load(r, 48)), 48);
  }
  return changed;
}

/** Note which blocks of a row hold, besides G0, one other stage. */
function sortByStage(row: u32): void {
  let g1Blocks: u64 = 0;
  let g2Blocks: u64 = 0;
  for (let left = load<u64>(CHANGED_BLOCKS + 8 * row); left; left &= left - 1) {
    const block = ctz(left);
    const pixel = firstPixel(row, left);
    const codeA = v128.and(v128.load(RAW + 2 * pixel), GAIN_BITS);
    const codeB = v128.and(v128.load(RAW + 2 * pixel, 16), GAIN_BITS);
    const hasG1 = <u64>v128.any_true(v128.or(i16x8.eq(codeA, CODE_G1), i16x8.eq(codeB, CODE_G1)));
    const hasG2 = <u64>v128.any_true(v128.or(i16x8.eq(codeA, CODE_G2), i16x8.eq(codeB, CODE_G2)));
    g1Blocks |= (hasG1 & ~hasG2) << block;
    g2Blocks |= (hasG2 & ~hasG1) << block;
  }
  store<u64>(G1_BLOCKS + 8 * row, g1Blocks);
  store<u64>(G2_BLOCKS + 8 * row, g2Blocks);
}

/**
 * Bring the constants of one stage that blocks of a band will need into the cache. They lie in pages of their own, which
 * the processor cannot foresee and takes long to find. Asked for in a short loop, many are looked for at the same time.
 */
function fetch(firstRow: u32, blocks: usize, stage: usize): void {
  let touched: u32 = 0;
  for (let row = firstRow; row < firstRow + ROWS_IN_BAND; row++) {
    for (let left = load<u64>(blocks + 8 * row); left; left &= left - 1) {
      const offset: usize = stage + 4 * firstPixel(row, left);
      touched |= load<u32>(PEDESTALS + offset);
      touched |= load<u32>(RECIPROCALS + offset);
    }
  }
  store<u32>(TOUCHED, touched); // or the compiler leaves the loads out
}

/** (adc − pedestal) × reciprocal, of four pixels. */
@inline
function calibrated(adc: v128, pedestal: v128, reciprocal: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(adc), pedestal), reciprocal);
}

/** Calibrate a block with the constants of the stages that its pixels are in. @returns 1 if any is outside G0 */
@inline
function blend(pixel: u32, pedestals: usize, reciprocals: usize, base: usize, fill: f32): u32 {
  const raw: usize = RAW + 2 * pixel;
  const a = v128.load(raw);
  const b = v128.load(raw, 16);
  const codeA = v128.and(a, GAIN_BITS);
  const codeB = v128.and(b, GAIN_BITS);
  const g1A = i16x8.eq(codeA, CODE_G1);
  const g1B = i16x8.eq(codeB, CODE_G1);
  const g2A = i16x8.eq(codeA, CODE_G2);
  const g2B = i16x8.eq(codeB, CODE_G2);
  const adcA = v128.and(a, ADC_BITS);
  const adcB = v128.and(b, ADC_BITS);
  const offset: usize = 4 * pixel;
  const p = pedestals + offset;
  const r = reciprocals + offset;
  const v0 = staged(
    i32x4.extend_low_i16x8_u(adcA),
    i32x4.extend_low_i16x8_s(g1A),
    i32x4.extend_low_i16x8_s(g2A),
    p,
    r,
    offset,
  );
  const v1 = staged(
    i32x4.extend_high_i16x8_u(adcA),
    i32x4.extend_high_i16x8_s(g1A),
    i32x4.extend_high_i16x8_s(g2A),
    p + 16,
    r + 16,
    offset + 16,
  );
  const v2 = staged(
    i32x4.extend_low_i16x8_u(adcB),
    i32x4.extend_low_i16x8_s(g1B),
    i32x4.extend_low_i16x8_s(g2B),
    p + 32,
    r + 32,
    offset + 32,
  );
  const v3 = staged(
    i32x4.extend_high_i16x8_u(adcB),
    i32x4.extend_high_i16x8_s(g1B),
    i32x4.extend_high_i16x8_s(g2B),
    p + 48,
    r + 48,
    offset + 48,
  );
  finish(pixel, a, b, v0, v1, v2, v3, base, fill);
  return <u32>v128.any_true(v128.or(codeA, codeB));
}

@inline
function staged(adc: v128, g1: v128, g2: v128, p: usize, r: usize, offset: usize): v128 {
  const pedestal = v128.bitselect(
    v128.load(PEDESTALS + offset, PEDESTALS_STRIDE),
    v128.bitselect(v128.load(PEDESTALS + offset, 2 * PEDESTALS_STRIDE), v128.load(p), g2),
    g1,
  );
  const reciprocal = v128.bitselect(
    v128.load(RECIPROCALS + offset, RECIPROCALS_STRIDE),
    v128.bitselect(v128.load(RECIPROCALS + offset, 2 * RECIPROCALS_STRIDE), v128.load(r), g2),
    g1,
  );
  return calibrated(adc, pedestal, reciprocal);
}

/** Replace, in a block that was taken for G0, the values of pixels in G1, or of those in G2. */
@inline
function patch(pixel: u32, isG1: bool, base: usize, fill: f32): void {
  const raw: usize = RAW + 2 * pixel;
  const a = v128.load(raw);
  const b = v128.load(raw, 16);
  const code = isG1 ? CODE_G1 : CODE_G2;
  const isA = i16x8.eq(v128.and(a, GAIN_BITS), code);
  const isB = i16x8.eq(v128.and(b, GAIN_BITS), code);
  const adcA = v128.and(a, ADC_BITS);
  const adcB = v128.and(b, ADC_BITS);
  const offset: usize = 4 * pixel + (isG1 ? PEDESTALS_STRIDE : 2 * PEDESTALS_STRIDE);
  const p: usize = PEDESTALS + offset;
  const r: usize = RECIPROCALS + offset;
  const v: usize = VALUES + 4 * pixel;
  const v0 = calibrated(i32x4.extend_low_i16x8_u(adcA), v128.load(p), v128.load(r));
  const v1 = calibrated(i32x4.extend_high_i16x8_u(adcA), v128.load(p, 16), v128.load(r, 16));
  const v2 = calibrated(i32x4.extend_low_i16x8_u(adcB), v128.load(p, 32), v128.load(r, 32));
  const v3 = calibrated(i32x4.extend_high_i16x8_u(adcB), v128.load(p, 48), v128.load(r, 48));
  finish(
    pixel,
    a,
    b,
    v128.bitselect(v0, v128.load(v), i32x4.extend_low_i16x8_s(isA)),
    v128.bitselect(v1, v128.load(v, 16), i32x4.extend_high_i16x8_s(isA)),
    v128.bitselect(v2, v128.load(v, 32), i32x4.extend_low_i16x8_s(isB)),
    v128.bitselect(v3, v128.load(v, 48), i32x4.extend_high_i16x8_s(isB)),
    base,
    fill,
  );
}

/** Store the values of a block, and judge it if there may be anything to say of its pixels. */
@inline
function finish(
  pixel: u32,
  a: v128,
  b: v128,
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
  base: usize,
  fill: f32,
): void {
  const v: usize = VALUES + 4 * pixel;
  v128.store(v, v0);
  v128.store(v, v1, 16);
  v128.store(v, v2, 32);
  v128.store(v, v3, 48);
  // A sum is NaN if one of its values is.
  const sum = f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3));
  const odd = v128.or(f32x4.ne(sum, sum), v128.or(oddWords(a), oddWords(b)));
  // Blocks of good pixels, nearly all there are, touch neither status nor base status.
  const row: usize = 8 * (pixel / COLUMNS);
  const block: u64 = 1 << <u64>((pixel / BLOCK) % BLOCKS_IN_ROW);
  const badInStatus = load<u64>(BAD_IN_STATUS + row);
  if (v128.any_true(odd) || load<u64>(badInBaseOf(base) + row) & block) {
    const isBad = judge(pixel, base, fill);
    store<u64>(BAD_IN_STATUS + row, isBad ? badInStatus | block : badInStatus & ~block);
  } else if (badInStatus & block) {
    v128.store(STATUS + pixel, i32x4.splat(0));
    store<u64>(BAD_IN_STATUS + row, badInStatus & ~block);
  }
}

/** Words that are bad or to be counted whatever the constants, and a few others: `judge` looks again. */
@inline
function oddWords(raw: v128): v128 {
  const adc = v128.and(raw, ADC_BITS);
  const outOfRange = v128.or(i16x8.eq(raw, MISSING_WORD), i16x8.eq(adc, i16x8.splat(0)));
  return v128.or(outOfRange, i16x8.eq(v128.and(raw, GAIN_BITS), CODE_INVALID));
}

/** Say why pixels of a block are bad, fill them, and count them. @returns whether any is */
function judge(pixel: u32, base: usize, fill: f32): bool {
  const raw: usize = RAW + 2 * pixel;
  const a = v128.load(raw);
  const b = v128.load(raw, 16);
  const v: usize = VALUES + 4 * pixel;
  const v0 = v128.load(v);
  const v1 = v128.load(v, 16);
  const v2 = v128.load(v, 32);
  const v3 = v128.load(v, 48);
  const before = v128.load(base + pixel);

  const unusable = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(f32x4.ne(v0, v0), f32x4.ne(v1, v1)),
    i16x8.narrow_i32x4_s(f32x4.ne(v2, v2), f32x4.ne(v3, v3)),
  );
  const saturated = i8x16.narrow_i16x8_s(i16x8.eq(a, SATURATED_WORD), i16x8.eq(b, SATURATED_WORD));
  const invalid = i8x16.narrow_i16x8_s(
    i16x8.eq(v128.and(a, GAIN_BITS), CODE_INVALID),
    i16x8.eq(v128.and(b, GAIN_BITS), CODE_INVALID),
  );
  const missing = i8x16.narrow_i16x8_s(i16x8.eq(a, MISSING_WORD), i16x8.eq(b, MISSING_WORD));
  const limit = i8x16.narrow_i16x8_s(i16x8.eq(a, G1_LIMIT_WORD), i16x8.eq(b, G1_LIMIT_WORD));
  const masked = i8x16.eq(before, i8x16.splat(STATUS_MASKED));

  // The last that holds is the reason.
  let status = v128.and(unusable, i8x16.splat(STATUS_NO_CONSTANTS));
  status = v128.bitselect(i8x16.splat(STATUS_SATURATED), status, saturated);
  status = v128.bitselect(i8x16.splat(STATUS_INVALID_GAIN_CODE), status, invalid);
  status = v128.bitselect(i8x16.splat(STATUS_MASKED), status, masked);
  status = v128.bitselect(i8x16.splat(STATUS_MISSING), status, missing);
  v128.store(STATUS + pixel, status);

  const bad = i8x16.ne(status, i8x16.splat(0));
  const badA = i16x8.extend_low_i8x16_s(bad);
  const badB = i16x8.extend_high_i8x16_s(bad);
  const filled = f32x4.splat(fill);
  v128.store(v, v128.bitselect(filled, v0, i32x4.extend_low_i16x8_s(badA)));
  v128.store(v, v128.bitselect(filled, v1, i32x4.extend_high_i16x8_s(badA)), 16);
  v128.store(v, v128.bitselect(filled, v2, i32x4.extend_low_i16x8_s(badB)), 32);
  v128.store(v, v128.bitselect(filled, v3, i32x4.extend_high_i16x8_s(badB)), 48);

  count(0, popcnt(i8x16.bitmask(v128.andnot(limit, bad))));
  for (let reason: i8 = STATUS_MISSING; reason <= STATUS_NO_CONSTANTS; reason++) {
    const now = i8x16.eq(status, i8x16.splat(reason));
    const known = i8x16.eq(before, i8x16.splat(reason));
    count(reason, popcnt(i8x16.bitmask(now)) - popcnt(i8x16.bitmask(known)));
  }
  return v128.any_true(status);
}

/** Take the status of rows for unknown, and look at their base status anew. */
export function forgetStatus(firstRow: u32, rows: u32): void {
  for (let row = firstRow; row < firstRow + rows; row++) {
    store<u64>(CHANGED_BLOCKS + 8 * row, ALL_BLOCKS);
    store<u64>(BAD_IN_BASE + 8 * row, badBlocks(BASE_STATUS, row));
    store<u64>(BAD_IN_BASE + 8 * ROWS + 8 * row, badBlocks(BASE_STATUS + BASE_STATUS_STRIDE, row));
  }
}

function badBlocks(plane: usize, row: u32): u64 {
  let bad: u64 = 0;
  for (let block: u32 = 0; block < BLOCKS_IN_ROW; block++) {
    const status = v128.load(plane + row * COLUMNS + block * BLOCK);
    bad |= (<u64>v128.any_true(status)) << block;
  }
  return bad;
}

/** Round VALUES to the nearest whole numbers, halves to even, as i32 in place. @param fill  what bad pixels hold */
export function round(fill: i32): void {
  for (let pixel: usize = 0; pixel < PIXELS; pixel += BLOCK) {
    const bad = i8x16.ne(v128.load(STATUS + pixel), i8x16.splat(0));
    const badA = i16x8.extend_low_i8x16_s(bad);
    const badB = i16x8.extend_high_i8x16_s(bad);
    const v: usize = VALUES + 4 * pixel;
    v128.store(v, whole(v128.load(v), i32x4.extend_low_i16x8_s(badA), fill));
    v128.store(v, whole(v128.load(v, 16), i32x4.extend_high_i16x8_s(badA), fill), 16);
    v128.store(v, whole(v128.load(v, 32), i32x4.extend_low_i16x8_s(badB), fill), 32);
    v128.store(v, whole(v128.load(v, 48), i32x4.extend_high_i16x8_s(badB), fill), 48);
  }
}

@inline
function whole(values: v128, bad: v128, fill: i32): v128 {
  return v128.bitselect(i32x4.splat(fill), i32x4.trunc_sat_f32x4_s(f32x4.nearest(values)), bad);
}

function count(reason: u32, change: i32): void {
  const at: usize = COUNTS + 4 * reason;
  store<i32>(at, load<i32>(at) + change);
}
