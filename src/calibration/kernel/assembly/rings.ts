/*
 * Sums over rings of the frame that was calibrated last. Bit for bit what pixel-rings.ts gives.
 *
 * Four pixels are added at once, as f32, to the sums of their class: all fours of a class have their places in the same four
 * rings. So a pixel costs a quarter of an addition in memory, and its ring is not looked up.
 */

import {
  BAD_IN_STATUS,
  BLOCK,
  COLUMNS,
  RING_BAD_PIXELS,
  RING_CLASSES,
  RING_SUMS,
  ROWS,
  STATUS,
  VALUES,
  firstPixel,
} from "./layout";

/** Add the good pixels of VALUES, f32, to RING_SUMS, and count the bad ones. @param classes  how many there are */
export function addFloatRings(classes: u32): void {
  addRings<f32>(classes);
}

/** Likewise of VALUES once they are rounded, i32. */
export function addIntegerRings(classes: u32): void {
  addRings<i32>(classes);
}

@inline
function addRings<T>(classes: u32): void {
  memory.fill(RING_SUMS, 0, 16 * classes);
  memory.fill(RING_BAD_PIXELS, 0, 4 * classes);
  for (let row: u32 = 0; row < ROWS; row++) {
    let badBlocks = load<u64>(BAD_IN_STATUS + 8 * row);
    let pixel: usize = row * COLUMNS;
    const endOfRow = pixel + COLUMNS;
    while (true) {
      const end = badBlocks ? <usize>firstPixel(row, badBlocks) : endOfRow;
      for (; pixel < end; pixel += BLOCK) {
        addFour<T>(pixel, v128.load(4 * pixel, VALUES));
        addFour<T>(pixel + 4, v128.load(4 * pixel, VALUES + 16));
        addFour<T>(pixel + 8, v128.load(4 * pixel, VALUES + 32));
        addFour<T>(pixel + 12, v128.load(4 * pixel, VALUES + 48));
      }
      if (!badBlocks) break;
      badBlocks &= badBlocks - 1;
      const bad = i8x16.ne(v128.load(pixel, STATUS), i8x16.splat(0));
      const badA = i16x8.extend_low_i8x16_s(bad);
      const badB = i16x8.extend_high_i8x16_s(bad);
      const ones = v128.and(bad, i8x16.splat(1));
      addGood<T>(pixel, i32x4.extend_low_i16x8_s(badA), i32x4.extract_lane(ones, 0));
      addGood<T>(pixel + 4, i32x4.extend_high_i16x8_s(badA), i32x4.extract_lane(ones, 1));
      addGood<T>(pixel + 8, i32x4.extend_low_i16x8_s(badB), i32x4.extract_lane(ones, 2));
      addGood<T>(pixel + 12, i32x4.extend_high_i16x8_s(badB), i32x4.extract_lane(ones, 3));
      pixel += BLOCK;
    }
  }
}

/** Add four pixels of which some are bad. @param ones  1 in the byte of each bad one */
@inline
function addGood<T>(pixel: usize, bad: v128, ones: i32): void {
  addFour<T>(pixel, v128.andnot(v128.load(4 * pixel, VALUES), bad));
  const at: usize = load<u32>(pixel, RING_CLASSES) / 4;
  store<i32>(at, load<i32>(at, RING_BAD_PIXELS) + ones, RING_BAD_PIXELS); // a class is small enough for bytes
}

@inline
function addFour<T>(pixel: usize, values: v128): void {
  const at: usize = load<u32>(pixel, RING_CLASSES);
  const four = isFloat<T>() ? values : f32x4.convert_i32x4_s(values);
  v128.store(at, f32x4.add(v128.load(at, RING_SUMS), four), RING_SUMS);
}
