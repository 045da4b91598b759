/* Why pixels are bad. */

import {
  ALL_BLOCKS,
  BAD_IN_BASE,
  BAD_IN_STATUS,
  BASE_STATUS,
  BASE_STATUS_STRIDE,
  BLOCK,
  BLOCKS_IN_ROW,
  CHANGED_BLOCKS,
  COLUMNS,
  COUNTS,
  RAW,
  ROWS,
  STATUS,
  VALUES,
  firstPixel,
} from "./layout";
import { CODE_INVALID, G1_LIMIT_WORD, GAIN_BITS, MISSING_WORD, SATURATED_WORD } from "./words";

const STATUS_MISSING: i8 = 1;
const STATUS_MASKED: i8 = 2;
const STATUS_INVALID_GAIN_CODE: i8 = 3;
const STATUS_SATURATED: i8 = 4;
const STATUS_NO_CONSTANTS: i8 = 5;

/** Set the status of blocks back to the base status. */
@inline
export function restore(row: u32, blocks: u64, base: usize): void {
  const badInBase = load<u64>(badInBaseOf(base) + 8 * row);
  const badInStatus = load<u64>(BAD_IN_STATUS + 8 * row);
  for (let left = blocks & (badInBase | badInStatus); left; left &= left - 1) {
    const pixel = firstPixel(row, left);
    v128.store(STATUS + pixel, v128.load(base + pixel));
  }
  store<u64>(BAD_IN_STATUS + 8 * row, (badInStatus & ~blocks) | (badInBase & blocks));
}

@inline
export function badInBaseOf(base: usize): usize {
  return base == BASE_STATUS ? BAD_IN_BASE : BAD_IN_BASE + 8 * ROWS;
}

/** Say why pixels of a block are bad, fill them, and count them. @returns whether any is */
export function judge(pixel: u32, base: usize, fill: f32): bool {
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

/** No pixel of a block arrived. */
@inline
export function setMissing(pixel: u32): void {
  v128.store(STATUS + pixel, i8x16.splat(STATUS_MISSING));
  count(STATUS_MISSING, BLOCK);
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

function count(reason: u32, change: i32): void {
  const at: usize = COUNTS + 4 * reason;
  store<i32>(at, load<i32>(at) + change);
}
