/* Pedestals that follow the frames: bit for bit what scalar-kernel.ts does. */

import {
  COLUMNS,
  FILE_PEDESTALS,
  PEDESTALS,
  PEDESTALS_STRIDE,
  RAW,
  TRACKING_STRIDE,
  WINDOWS,
} from "./layout";

/** Pixels per step. */
const STEP: usize = 8;
const GAIN_BITS = i16x8.splat(<i16>0xc000);
const SIGN_BIT = i32x4.splat(0x80000000);
const ONE = f32x4.splat(1);

/** Move the pedestals of G0 towards the words of some rows. @see Kernel.track */
export function track(firstRow: u32, rows: u32, highGain: u32, gain: f32, limit: f32): void {
  follow(firstRow, rows, highGain, gain, limit, false);
}

/** Find the spread of the words of some rows. @see Kernel.learn */
export function learn(firstRow: u32, rows: u32, highGain: u32, step: f32): void {
  follow(firstRow, rows, highGain, step, 0, true);
}

@inline
function follow(firstRow: u32, rows: u32, highGain: u32, step: f32, limit: f32, isLearning: bool): void {
  const pedestals: usize = highGain ? PEDESTALS + 3 * PEDESTALS_STRIDE : PEDESTALS;
  const plane: usize = highGain ? TRACKING_STRIDE : 0;
  const end: usize = (firstRow + rows) * COLUMNS;
  for (let pixel: usize = firstRow * COLUMNS; pixel < end; pixel += STEP) {
    const words = v128.load(RAW + 2 * pixel);
    const isG0 = i16x8.eq(v128.and(words, GAIN_BITS), i16x8.splat(0));
    if (!v128.any_true(isG0)) continue;
    const p: usize = pedestals + 4 * pixel;
    const t: usize = plane + 4 * pixel;
    const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words));
    const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(words));
    const isLowG0 = i32x4.extend_low_i16x8_s(isG0);
    const isHighG0 = i32x4.extend_high_i16x8_s(isG0);
    if (isLearning) {
      learnFour(low, isLowG0, t, step);
      learnFour(high, isHighG0, t + 16, step);
    } else {
      trackFour(low, isLowG0, p, t, step, limit);
      trackFour(high, isHighG0, p + 16, t + 16, step, limit);
    }
  }
}

@inline
function trackFour(adc: v128, isG0: v128, p: usize, t: usize, gain: f32, limit: f32): void {
  const pedestal = v128.load(p);
  const distance = f32x4.sub(adc, pedestal);
  const outside = f32x4.mul(f32x4.mul(distance, distance), v128.load(WINDOWS + t));
  // Not max: of NaN, pmax takes the first.
  const weight = f32x4.pmax(f32x4.splat(0), f32x4.sub(ONE, outside));
  const step = f32x4.mul(f32x4.mul(distance, f32x4.splat(gain)), f32x4.mul(weight, weight));
  const moved = limited(f32x4.add(pedestal, step), v128.load(FILE_PEDESTALS + t), limit);
  v128.store(p, v128.bitselect(moved, pedestal, isG0));
}

@inline
function learnFour(adc: v128, isG0: v128, t: usize, step: f32): void {
  const middle = v128.load(FILE_PEDESTALS + t);
  const spread = v128.load(WINDOWS + t);
  const distance = f32x4.sub(adc, middle);
  const isOutside = f32x4.gt(f32x4.abs(distance), spread);
  const change = f32x4.mul(spread, f32x4.splat(step));
  const signed = v128.or(change, v128.and(distance, SIGN_BIT));
  const newMiddle = f32x4.add(middle, signed);
  const newSpread = v128.bitselect(f32x4.add(spread, change), f32x4.sub(spread, change), isOutside);
  v128.store(FILE_PEDESTALS + t, v128.bitselect(newMiddle, middle, isG0));
  v128.store(WINDOWS + t, v128.bitselect(newSpread, spread, isG0));
}

/** No further from the file's pedestal than the limit. NaN stays. */
@inline
function limited(pedestal: v128, file: v128, limit: f32): v128 {
  const atLeast = f32x4.pmax(pedestal, f32x4.sub(file, f32x4.splat(limit)));
  return f32x4.pmin(atLeast, f32x4.add(file, f32x4.splat(limit)));
}
