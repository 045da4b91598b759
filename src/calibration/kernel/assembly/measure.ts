/*
 * Minimum, maximum, sum and count of the pixels of a frame or a region, on request. Bit for bit what pixel-statistics.ts gives.
 */

import {
  ALL_BLOCKS,
  BAD_IN_STATUS,
  BLOCK,
  BLOCKS_IN_ROW,
  COLUMNS,
  MEASURED,
  PIXELS,
  RAW,
  ROWS,
  STATUS,
  VALUES,
  firstPixel,
} from "./layout";

const PLACES = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

/** Measure the good pixels of a region of VALUES, f32; `toRow` and `toColumn` are not in the region, which is not empty. */
export function measureFloats(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  measure<f32>(fromRow, toRow, fromColumn, toColumn);
}

/** Measure the good pixels of a region of VALUES once they are rounded, i32. */
export function measureIntegers(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  measure<i32>(fromRow, toRow, fromColumn, toColumn);
}

/**
 * Write minimum, maximum, sum and count of good pixels to MEASURED. Minimum and maximum mean nothing if there are none.
 *
 * Four pixels of a block are added as f32, and such sums as f64: to make f64 of each pixel takes twice as long. Whole numbers
 * are added as i64. The order is that of pixel-statistics.ts.
 *
 * The loop over good blocks has no branch but its own: with one for the others, which hold bad pixels or are only in part in
 * the region, the compiler keeps sums in memory.
 */
@inline
function measure<T>(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  const none = i32x4.splat(0);
  const highest = isFloat<T>() ? f32x4.splat(f32.POSITIVE_INFINITY) : i32x4.splat(i32.MAX_VALUE);
  const lowest = isFloat<T>() ? f32x4.splat(f32.NEGATIVE_INFINITY) : i32x4.splat(i32.MIN_VALUE);
  const firstBlock = fromColumn / BLOCK;
  const endBlock = (toColumn + BLOCK - 1) / BLOCK;
  const inRegion = (ALL_BLOCKS << firstBlock) & (ALL_BLOCKS >> (BLOCKS_IN_ROW - endBlock));
  let edges: u64 = 0;
  if (fromColumn % BLOCK) edges |= (<u64>1) << firstBlock;
  if (toColumn % BLOCK) edges |= (<u64>1) << (endBlock - 1);
  let low = highest;
  let high = lowest;
  let s0 = none;
  let s1 = none;
  let count: u32 = 0;
  for (let row = fromRow; row < toRow; row++) {
    let others = (load<u64>(BAD_IN_STATUS + 8 * row) | edges) & inRegion;
    let v: usize = VALUES + 4 * (row * COLUMNS + firstBlock * BLOCK);
    const endOfRow: usize = VALUES + 4 * (row * COLUMNS + endBlock * BLOCK);
    while (true) {
      const end = others ? VALUES + 4 * firstPixel(row, others) : endOfRow;
      count += <u32>(end - v) / 4;
      for (; v < end; v += 4 * BLOCK) {
        const v0 = v128.load(v);
        const v1 = v128.load(v, 16);
        const v2 = v128.load(v, 32);
        const v3 = v128.load(v, 48);
        low = lower<T>(low, lower<T>(lower<T>(v0, v1), lower<T>(v2, v3)));
        high = higher<T>(high, higher<T>(higher<T>(v0, v1), higher<T>(v2, v3)));
        s0 = added<T>(s0, firstTwo<T>(v0, v1, v2, v3));
        s1 = added<T>(s1, lastTwo<T>(v0, v1, v2, v3));
      }
      if (!others) break;
      others &= others - 1;
      const bad = leftOut(v, row, fromColumn, toColumn);
      // As in a module that did not come.
      if (i8x16.all_true(bad)) {
        v += 4 * BLOCK;
        continue;
      }
      const badA = i16x8.extend_low_i8x16_s(bad);
      const badB = i16x8.extend_high_i8x16_s(bad);
      const bad0 = i32x4.extend_low_i16x8_s(badA);
      const bad1 = i32x4.extend_high_i16x8_s(badA);
      const bad2 = i32x4.extend_low_i16x8_s(badB);
      const bad3 = i32x4.extend_high_i16x8_s(badB);
      let v0 = v128.load(v);
      let v1 = v128.load(v, 16);
      let v2 = v128.load(v, 32);
      let v3 = v128.load(v, 48);
      low = lower<T>(low, v128.bitselect(highest, v0, bad0));
      low = lower<T>(low, v128.bitselect(highest, v1, bad1));
      low = lower<T>(low, v128.bitselect(highest, v2, bad2));
      low = lower<T>(low, v128.bitselect(highest, v3, bad3));
      high = higher<T>(high, v128.bitselect(lowest, v0, bad0));
      high = higher<T>(high, v128.bitselect(lowest, v1, bad1));
      high = higher<T>(high, v128.bitselect(lowest, v2, bad2));
      high = higher<T>(high, v128.bitselect(lowest, v3, bad3));
      v0 = v128.andnot(v0, bad0);
      v1 = v128.andnot(v1, bad1);
      v2 = v128.andnot(v2, bad2);
      v3 = v128.andnot(v3, bad3);
      s0 = added<T>(s0, firstTwo<T>(v0, v1, v2, v3));
      s1 = added<T>(s1, lastTwo<T>(v0, v1, v2, v3));
      count += BLOCK - <u32>popcnt(i8x16.bitmask(bad));
      v += 4 * BLOCK;
    }
  }
  const sums = added<T>(s0, s1);
  low = lower<T>(low, v128.shuffle<i32>(low, low, 2, 3, 0, 1));
  high = higher<T>(high, v128.shuffle<i32>(high, high, 2, 3, 0, 1));
  storeMeasured(
    <f64>min<T>(v128.extract_lane<T>(low, 0), v128.extract_lane<T>(low, 1)),
    <f64>max<T>(v128.extract_lane<T>(high, 0), v128.extract_lane<T>(high, 1)),
    isFloat<T>()
      ? f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
      : <f64>(i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1)),
    count,
  );
}

/** Which pixels of a block are bad, or not in the region: -1. */
@inline
function leftOut(v: usize, row: u32, fromColumn: u32, toColumn: u32): v128 {
  const pixel = (v - VALUES) / 4;
  const column = <i32>pixel - <i32>(row * COLUMNS);
  const before = i8x16.splat(<i8>max<i32>(<i32>fromColumn - column, 0));
  const after = i8x16.splat(<i8>min<i32>(<i32>toColumn - column, <i32>BLOCK));
  const isOutside = v128.or(i8x16.lt_s(PLACES, before), i8x16.ge_s(PLACES, after));
  return v128.or(i8x16.ne(v128.load(STATUS + pixel), i8x16.splat(0)), isOutside);
}

/** As f32x4.min does not, pmin takes one instruction. They differ where there is NaN, which no good pixel holds. */
@inline
function lower<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f32x4.pmin(a, b) : i32x4.min_s(a, b);
}

@inline
function higher<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f32x4.pmax(a, b) : i32x4.max_s(a, b);
}

@inline
function added<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f64x2.add(a, b) : i64x2.add(a, b);
}

/** Sums of four vectors' first two lanes. */
@inline
function firstTwo<T>(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  if (isFloat<T>()) return f64x2.promote_low_f32x4(sumOfFour(v0, v1, v2, v3));
  return i64x2.add(
    i64x2.add(i64x2.extend_low_i32x4_s(v0), i64x2.extend_low_i32x4_s(v2)),
    i64x2.add(i64x2.extend_low_i32x4_s(v1), i64x2.extend_low_i32x4_s(v3)),
  );
}

@inline
function lastTwo<T>(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  if (isFloat<T>()) {
    const sum = sumOfFour(v0, v1, v2, v3);
    return f64x2.promote_low_f32x4(v128.shuffle<i32>(sum, sum, 2, 3, 2, 3));
  }
  return i64x2.add(
    i64x2.add(i64x2.extend_high_i32x4_s(v0), i64x2.extend_high_i32x4_s(v2)),
    i64x2.add(i64x2.extend_high_i32x4_s(v1), i64x2.extend_high_i32x4_s(v3)),
  );
}

@inline
function sumOfFour(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  return f32x4.add(f32x4.add(v0, v2), f32x4.add(v1, v3));
}

/** Write minimum, maximum, sum and count of RAW, all its words, to MEASURED. */
export function measureWords(): void {
  let low = i32x4.splat(-1);
  let high = i32x4.splat(0);
  let sum: u64 = 0;
  for (let row: usize = 0; row < ROWS; row++) {
    let sums = i32x4.splat(0); // of 256 words each, so that none overflows
    const start = RAW + 2 * row * COLUMNS;
    for (let at = start; at < start + 2 * COLUMNS; at += 2 * BLOCK) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      low = i16x8.min_u(low, i16x8.min_u(a, b));
      high = i16x8.max_u(high, i16x8.max_u(a, b));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(a));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(b));
    }
    const pairs = i64x2.add(i64x2.extend_low_i32x4_u(sums), i64x2.extend_high_i32x4_u(sums));
    sum += i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
  }
  let lowest: u32 = 0xffff;
  let highest: u32 = 0;
  v128.store(MEASURED, low);
  v128.store(MEASURED, high, 16);
  for (let lane: usize = 0; lane < 8; lane++) {
    lowest = min<u32>(lowest, load<u16>(MEASURED + 2 * lane));
    highest = max<u32>(highest, load<u16>(MEASURED + 2 * lane, 16));
  }
  storeMeasured(<f64>lowest, <f64>highest, <f64>sum, <u32>PIXELS);
}

@inline
function storeMeasured(low: f64, high: f64, sum: f64, count: u32): void {
  store<f64>(MEASURED, low);
  store<f64>(MEASURED, high, 8);
  store<f64>(MEASURED, sum, 16);
  store<f64>(MEASURED, <f64>count, 24);
}
