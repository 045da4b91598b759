/*
 * Sum, maximum and count of a region of the frame that was calibrated last. Bit for bit what pixel-region.ts gives.
 */

import {
  ALL_BLOCKS,
  BAD_IN_STATUS,
  BLOCK,
  BLOCKS_IN_ROW,
  COLUMNS,
  MEASURED,
  STATUS,
  VALUES,
} from "./layout";

const LANES = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

/** Measure good pixels of VALUES, f32; `toRow` and `toColumn` are not in the region, which is not empty. */
export function measureFloatRegion(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  measure<f32>(fromRow, toRow, fromColumn, toColumn);
}

/** Measure good pixels of VALUES once they are rounded, i32. */
export function measureIntegerRegion(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  measure<i32>(fromRow, toRow, fromColumn, toColumn);
}

/** Blocks that are bad, or only in part in the region, are done pixel by pixel; as in measure.ts, the others have a loop alone. */
@inline
function measure<T>(fromRow: u32, toRow: u32, fromColumn: u32, toColumn: u32): void {
  const none = i32x4.splat(0);
  const lowest = isFloat<T>() ? f32x4.splat(f32.NEGATIVE_INFINITY) : i32x4.splat(i32.MIN_VALUE);
  const firstBlock = fromColumn / BLOCK;
  const endBlock = (toColumn + BLOCK - 1) / BLOCK;
  const inRegion = (ALL_BLOCKS << firstBlock) & (ALL_BLOCKS >> (BLOCKS_IN_ROW - endBlock));
  let edges: u64 = 0;
  if (fromColumn % BLOCK) edges |= (<u64>1) << firstBlock;
  if (toColumn % BLOCK) edges |= (<u64>1) << (endBlock - 1);
  let high = lowest;
  let s0 = none;
  let s1 = none;
  let count: u32 = 0;
  for (let row = fromRow; row < toRow; row++) {
    let slow = (load<u64>(BAD_IN_STATUS + 8 * row) | edges) & inRegion;
    let v: usize = VALUES + 4 * (row * COLUMNS + firstBlock * BLOCK);
    const endOfRow: usize = VALUES + 4 * (row * COLUMNS + endBlock * BLOCK);
    while (true) {
      const end = slow ? VALUES + 4 * (row * COLUMNS + <u32>ctz(slow) * BLOCK) : endOfRow;
      count += <u32>(end - v) / 4;
      for (; v < end; v += 4 * BLOCK) {
        const v0 = v128.load(v);
        const v1 = v128.load(v, 16);
        const v2 = v128.load(v, 32);
        const v3 = v128.load(v, 48);
        high = higher<T>(high, higher<T>(higher<T>(v0, v1), higher<T>(v2, v3)));
        s0 = f64x2.add(f64x2.add(f64x2.add(f64x2.add(s0, low<T>(v0)), low<T>(v1)), low<T>(v2)), low<T>(v3));
        s1 = f64x2.add(f64x2.add(f64x2.add(f64x2.add(s1, top<T>(v0)), top<T>(v1)), top<T>(v2)), top<T>(v3));
      }
      if (!slow) break;
      slow &= slow - 1;
      const column = <i32>((v - VALUES) / 4) - <i32>(row * COLUMNS);
      // Lanes before the region and after it, and bad ones.
      const before = i8x16.splat(<i8>max<i32>(<i32>fromColumn - column, 0));
      const after = i8x16.splat(<i8>min<i32>(<i32>toColumn - column, <i32>BLOCK));
      const bad = v128.or(
        i8x16.ne(v128.load(STATUS + (v - VALUES) / 4), none),
        v128.or(i8x16.lt_s(LANES, before), i8x16.ge_s(LANES, after)),
      );
      const badA = i16x8.extend_low_i8x16_s(bad);
      const badB = i16x8.extend_high_i8x16_s(bad);
      for (let quarter: usize = 0; quarter < 4; quarter++) {
        const half = quarter < 2 ? badA : badB;
        const left = quarter & 1 ? i32x4.extend_high_i16x8_s(half) : i32x4.extend_low_i16x8_s(half);
        const values = v128.load(v + 16 * quarter);
        const good = v128.andnot(values, left);
        high = higher<T>(high, v128.bitselect(lowest, values, left));
        s0 = f64x2.add(s0, low<T>(good));
        s1 = f64x2.add(s1, top<T>(good));
      }
      count += BLOCK - <u32>popcnt(i8x16.bitmask(bad));
      v += 4 * BLOCK;
    }
  }
  const sums = f64x2.add(s0, s1);
  high = higher<T>(high, v128.shuffle<i32>(high, high, 2, 3, 0, 1));
  store<f64>(MEASURED, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
  store<f64>(MEASURED, <f64>max<T>(v128.extract_lane<T>(high, 0), v128.extract_lane<T>(high, 1)), 8);
  store<f64>(MEASURED, <f64>count, 16);
}

@inline
function higher<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f32x4.pmax(a, b) : i32x4.max_s(a, b);
}

/** The first two of four values as f64. */
@inline
function low<T>(values: v128): v128 {
  return isFloat<T>() ? f64x2.promote_low_f32x4(values) : f64x2.convert_low_i32x4_s(values);
}

/** The last two. */
@inline
function top<T>(values: v128): v128 {
  return low<T>(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
}
