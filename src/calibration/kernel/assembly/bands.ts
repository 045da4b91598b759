/* Frames by bands of rows: what is in G0, and then the rest. */

import { blend, calibrated, patch } from "./blocks";
import { countGood, sumOf, uncount } from "./count";
import {
  ABOVE,
  ALL_BLOCKS,
  BASE_STATUS,
  BASE_STATUS_STRIDE,
  BLOCK,
  BLOCKS_IN_ROW,
  CHANGED_BLOCKS,
  COLUMNS,
  G1_BLOCKS,
  G2_BLOCKS,
  PEDESTALS,
  PEDESTALS_STRIDE,
  RAW,
  RECIPROCALS,
  RECIPROCALS_STRIDE,
  TOUCHED,
  VALUES,
  firstPixel,
} from "./layout";
import { restore } from "./status";
import { CODE_G1, CODE_G2, GAIN_BITS } from "./words";

/** Rows that are done together, so that the constants which they need besides G0's are fetched together. */
const ROWS_IN_BAND: u32 = 32;
/** Where a band has more blocks than this outside G0, the next is blended. Found by measurement. */
const DENSE_BLOCKS: u32 = ROWS_IN_BAND * 36;

/**
 * Calibrate rows of RAW to VALUES and STATUS, and add to COUNTS.
 *
 * @param rows      a multiple of ROWS_IN_BAND
 * @param highGain  1 where G0 has the constants of HG0
 * @param fill      what bad pixels outside G0 hold; those in G0 hold NaN, from their constants
 */
export function calibrate(firstRow: u32, rows: u32, highGain: u32, fill: f32): void {
  calibrateRows(firstRow, rows, highGain, fill, 0, false);
}

/** Likewise, and count the good pixels above a threshold: while they are in registers, that takes half as long as afterwards. */
export function calibrateAndCount(firstRow: u32, rows: u32, highGain: u32, fill: f32, threshold: f32): u32 {
  v128.store(ABOVE, i32x4.splat(0));
  calibrateRows(firstRow, rows, highGain, fill, threshold, true);
  return <u32>sumOf(v128.load(ABOVE));
}

@inline
function calibrateRows(
  firstRow: u32,
  rows: u32,
  highGain: u32,
  fill: f32,
  threshold: f32,
  isCounting: bool,
): void {
  const pedestals: usize = highGain ? PEDESTALS + 3 * PEDESTALS_STRIDE : PEDESTALS;
  const reciprocals: usize = highGain ? RECIPROCALS + 3 * RECIPROCALS_STRIDE : RECIPROCALS;
  const base: usize = highGain ? BASE_STATUS + BASE_STATUS_STRIDE : BASE_STATUS;
  let isDense = false;
  for (let band = firstRow; band < firstRow + rows; band += ROWS_IN_BAND) {
    let changedBlocks: u32 = 0;
    if (isDense) {
      changedBlocks = denseBand(band, pedestals, reciprocals, base, fill);
      if (isCounting) for (let row = band; row < band + ROWS_IN_BAND; row++) countGood(row, ALL_BLOCKS, threshold);
    } else {
      changedBlocks = sparseBand(band, pedestals, reciprocals, base, fill, threshold, isCounting);
    }
    isDense = changedBlocks > DENSE_BLOCKS;
  }
}

/** Calibrate a band that is mostly in G0. @returns how many blocks hold pixels outside G0 */
@inline
function sparseBand(
  firstRow: u32,
  pedestals: usize,
  reciprocals: usize,
  base: usize,
  fill: f32,
  threshold: f32,
  isCounting: bool,
): u32 {
  const endRow = firstRow + ROWS_IN_BAND;
  let changedBlocks: u32 = 0;
  for (let row = firstRow; row < endRow; row++) {
    const before = load<u64>(CHANGED_BLOCKS + 8 * row);
    const changed = sparseRow(row, pedestals, reciprocals, threshold, isCounting);
    store<u64>(CHANGED_BLOCKS + 8 * row, changed);
    changedBlocks += <u32>popcnt(changed);
    restore(row, before & ~changed, base);
    // What they hold now will be replaced.
    if (isCounting) uncount(row, changed, threshold);
  }
  for (let row = firstRow; row < endRow; row++) sortByStage(row);
  fetch(firstRow, G1_BLOCKS, PEDESTALS_STRIDE);
  fetch(firstRow, G2_BLOCKS, 2 * PEDESTALS_STRIDE);
  for (let row = firstRow; row < endRow; row++) {
    const g1 = load<u64>(G1_BLOCKS + 8 * row);
    const single = g1 | load<u64>(G2_BLOCKS + 8 * row);
    const changed = load<u64>(CHANGED_BLOCKS + 8 * row);
    for (let left = single; left; left &= left - 1) {
      patch(firstPixel(row, left), <bool>((g1 >> ctz(left)) & 1), base, fill);
    }
    for (let left = changed & ~single; left; left &= left - 1) {
      blend(firstPixel(row, left), pedestals, reciprocals, base, fill);
    }
    if (isCounting) countGood(row, changed, threshold);
  }
  return changedBlocks;
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

/** Calibrate a row as if all pixels were in G0. @returns the blocks in which some are not */
@inline
function sparseRow(
  row: u32,
  pedestals: usize,
  reciprocals: usize,
  threshold: f32,
  isCounting: bool,
): u64 {
  const limit = f32x4.splat(threshold);
  let changed: u64 = 0;
  let above = i32x4.splat(0); // of each lane; a comparison that holds is -1
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
    const v0 = calibrated(i32x4.extend_low_i16x8_u(a), v128.load(p), v128.load(r));
    const v1 = calibrated(i32x4.extend_high_i16x8_u(a), v128.load(p, 16), v128.load(r, 16));
    const v2 = calibrated(i32x4.extend_low_i16x8_u(b), v128.load(p, 32), v128.load(r, 32));
    const v3 = calibrated(i32x4.extend_high_i16x8_u(b), v128.load(p, 48), v128.load(r, 48));
    v128.store(v, v0);
    v128.store(v, v1, 16);
    v128.store(v, v2, 32);
    v128.store(v, v3, 48);
    if (isCounting) {
      const low = i32x4.add(f32x4.gt(v0, limit), f32x4.gt(v1, limit));
      const high = i32x4.add(f32x4.gt(v2, limit), f32x4.gt(v3, limit));
      above = i32x4.add(above, i32x4.add(low, high));
    }
  }
  if (isCounting) v128.store(ABOVE, i32x4.sub(v128.load(ABOVE), above));
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

