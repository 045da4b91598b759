/*
 * What signals count of the frame that was calibrated last. Bit for bit what pixel-counts.ts gives.
 */

import {
  ABOVE,
  BAD_IN_STATUS,
  BLOCK,
  CHANGED_BLOCKS,
  COLUMNS,
  MEASURED,
  RAW,
  ROWS,
  STATUS,
  VALUES,
  firstPixel,
} from "./layout";
import { ADC_BITS, CODE_G1, CODE_G2, GAIN_BITS, MISSING_WORD, SATURATED_WORD } from "./words";

const STATUS_MASKED = i8x16.splat(2);

/** Count the good pixels of VALUES, f32, above a threshold. */
export function countFloatsAbove(threshold: f32): u32 {
  return countAbove<f32>(f32x4.splat(threshold));
}

/** Count the good pixels of VALUES once they are rounded, i32, above a threshold. */
export function countIntegersAbove(threshold: i32): u32 {
  return countAbove<i32>(i32x4.splat(threshold));
}

/** As in measure.ts, the loop over good blocks has no branch but its own. */
@inline
function countAbove<T>(threshold: v128): u32 {
  const none = i32x4.splat(0);
  // Of each lane; a comparison that holds is -1.
  let c0 = none;
  let c1 = none;
  for (let row: u32 = 0; row < ROWS; row++) {
    let badBlocks = load<u64>(BAD_IN_STATUS + 8 * row);
    let v: usize = VALUES + 4 * row * COLUMNS;
    const endOfRow = v + 4 * COLUMNS;
    while (true) {
      const end = badBlocks ? VALUES + 4 * (row * COLUMNS + <u32>ctz(badBlocks) * BLOCK) : endOfRow;
      for (; v < end; v += 4 * BLOCK) {
        c0 = i32x4.add(c0, i32x4.add(above<T>(v, threshold), above<T>(v + 16, threshold)));
        c1 = i32x4.add(c1, i32x4.add(above<T>(v + 32, threshold), above<T>(v + 48, threshold)));
      }
      if (!badBlocks) break;
      badBlocks &= badBlocks - 1;
      c0 = i32x4.add(c0, goodAbove<T>((v - VALUES) / 4, threshold));
      v += 4 * BLOCK;
    }
  }
  return <u32>-sumOf(i32x4.add(c0, c1));
}

/** Of a block, how many good pixels are above a threshold: in each lane as many times -1. */
@inline
function goodAbove<T>(pixel: usize, threshold: v128): v128 {
  const bad = i8x16.ne(v128.load(STATUS + pixel), i8x16.splat(0));
  const badA = i16x8.extend_low_i8x16_s(bad);
  const badB = i16x8.extend_high_i8x16_s(bad);
  const v: usize = VALUES + 4 * pixel;
  const c0 = v128.andnot(above<T>(v, threshold), i32x4.extend_low_i16x8_s(badA));
  const c1 = v128.andnot(above<T>(v + 16, threshold), i32x4.extend_high_i16x8_s(badA));
  const c2 = v128.andnot(above<T>(v + 32, threshold), i32x4.extend_low_i16x8_s(badB));
  const c3 = v128.andnot(above<T>(v + 48, threshold), i32x4.extend_high_i16x8_s(badB));
  return i32x4.add(i32x4.add(c0, c1), i32x4.add(c2, c3));
}

/** Add the good pixels of blocks of VALUES, f32, above a threshold to ABOVE. */
export function countGood(row: u32, blocks: u64, threshold: f32): void {
  const limit = f32x4.splat(threshold);
  let sum = v128.load(ABOVE);
  for (let left = blocks; left; left &= left - 1) {
    sum = i32x4.sub(sum, goodAbove<f32>(firstPixel(row, left), limit));
  }
  v128.store(ABOVE, sum);
}

/** Take what blocks of VALUES, f32, hold above a threshold, whatever their status, out of ABOVE. */
export function uncount(row: u32, blocks: u64, threshold: f32): void {
  const limit = f32x4.splat(threshold);
  let sum = v128.load(ABOVE);
  for (let left = blocks; left; left &= left - 1) {
    const v: usize = VALUES + 4 * firstPixel(row, left);
    sum = i32x4.add(sum, i32x4.add(above<f32>(v, limit), above<f32>(v + 16, limit)));
    sum = i32x4.add(sum, i32x4.add(above<f32>(v + 32, limit), above<f32>(v + 48, limit)));
  }
  v128.store(ABOVE, sum);
}

@inline
function above<T>(at: usize, threshold: v128): v128 {
  return isFloat<T>() ? f32x4.gt(v128.load(at), threshold) : i32x4.gt_s(v128.load(at), threshold);
}

/**
 * Write to MEASURED how many words of RAW are in G1, in G2, saturated, and in G2 at an ADC value up to `margin`, without
 * pixels that are masked or missing. Only blocks that hold anything outside G0 are looked at.
 */
export function countGainStages(margin: u32): void {
  const limit = i16x8.splat(<i16>margin);
  let g1Sum = i32x4.splat(0);
  let g2Sum = i32x4.splat(0);
  let saturatedSum = i32x4.splat(0);
  let nearSum = i32x4.splat(0);
  for (let row: u32 = 0; row < ROWS; row++) {
    let left = load<u64>(CHANGED_BLOCKS + 8 * row);
    if (!left) continue;
    // Of each lane; a row has few enough blocks that none overflows.
    let g1Lanes = i8x16.splat(0);
    let g2Lanes = i8x16.splat(0);
    let saturatedLanes = i8x16.splat(0);
    let nearLanes = i8x16.splat(0);
    for (; left; left &= left - 1) {
      const pixel = row * COLUMNS + <u32>ctz(left) * BLOCK;
      const a = v128.load(RAW + 2 * pixel);
      const b = v128.load(RAW + 2 * pixel, 16);
      const codeA = v128.and(a, GAIN_BITS);
      const codeB = v128.and(b, GAIN_BITS);
      const leftOut = v128.or(
        i8x16.eq(v128.load(STATUS + pixel), STATUS_MASKED),
        both(i16x8.eq(a, MISSING_WORD), i16x8.eq(b, MISSING_WORD)),
      );
      const g2 = v128.andnot(both(i16x8.eq(codeA, CODE_G2), i16x8.eq(codeB, CODE_G2)), leftOut);
      const near = both(
        i16x8.le_u(v128.and(a, ADC_BITS), limit),
        i16x8.le_u(v128.and(b, ADC_BITS), limit),
      );
      const saturated = both(i16x8.eq(a, SATURATED_WORD), i16x8.eq(b, SATURATED_WORD));
      const g1 = both(i16x8.eq(codeA, CODE_G1), i16x8.eq(codeB, CODE_G1));
      g1Lanes = i8x16.sub(g1Lanes, v128.andnot(g1, leftOut));
      g2Lanes = i8x16.sub(g2Lanes, g2);
      saturatedLanes = i8x16.sub(saturatedLanes, v128.andnot(saturated, leftOut));
      nearLanes = i8x16.sub(nearLanes, v128.and(near, g2));
    }
    g1Sum = i32x4.add(g1Sum, widened(g1Lanes));
    g2Sum = i32x4.add(g2Sum, widened(g2Lanes));
    saturatedSum = i32x4.add(saturatedSum, widened(saturatedLanes));
    nearSum = i32x4.add(nearSum, widened(nearLanes));
  }
  store<f64>(MEASURED, <f64>sumOf(g1Sum));
  store<f64>(MEASURED, <f64>sumOf(g2Sum), 8);
  store<f64>(MEASURED, <f64>sumOf(saturatedSum), 16);
  store<f64>(MEASURED, <f64>sumOf(nearSum), 24);
}

/** Masks of 16 words as a mask of 16 bytes. */
@inline
function both(a: v128, b: v128): v128 {
  return i8x16.narrow_i16x8_s(a, b);
}

@inline
function widened(lanes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanes));
}

@inline
export function sumOf(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
