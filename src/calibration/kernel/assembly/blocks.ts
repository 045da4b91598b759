/* Blocks of pixels outside G0. */

import {
  BAD_IN_STATUS,
  BLOCK,
  BLOCKS_IN_ROW,
  COLUMNS,
  PEDESTALS,
  PEDESTALS_STRIDE,
  RAW,
  RECIPROCALS,
  RECIPROCALS_STRIDE,
  STATUS,
  VALUES,
} from "./layout";
import { badInBaseOf, judge, setMissing } from "./status";
import { ADC_BITS, CODE_G1, CODE_G2, CODE_INVALID, GAIN_BITS, MISSING_WORD } from "./words";

/** (adc − pedestal) × reciprocal, of four pixels. */
@inline
export function calibrated(adc: v128, pedestal: v128, reciprocal: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(adc), pedestal), reciprocal);
}

/** Calibrate a block with the constants of the stages that its pixels are in. @returns 1 if any is outside G0 */
@inline
export function blend(pixel: u32, pedestals: usize, reciprocals: usize, base: usize, fill: f32): u32 {
  const raw: usize = RAW + 2 * pixel;
  const a = v128.load(raw);
  const b = v128.load(raw, 16);
  if (i16x8.all_true(i16x8.eq(v128.and(a, b), MISSING_WORD)) && leaveOut(pixel, base, fill)) return 1;
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

/**
 * Fill a block of which no word arrived, unless its base status holds bad pixels. Pixel by pixel, half a detector would take three
 * times as long as a whole one.
 *
 * @returns whether it did
 */
@inline
function leaveOut(pixel: u32, base: usize, fill: f32): bool {
  const row: usize = 8 * (pixel / COLUMNS);
  const block: u64 = 1 << <u64>((pixel / BLOCK) % BLOCKS_IN_ROW);
  if (load<u64>(badInBaseOf(base) + row) & block) return false;
  const filled = f32x4.splat(fill);
  const v: usize = VALUES + 4 * pixel;
  v128.store(v, filled);
  v128.store(v, filled, 16);
  v128.store(v, filled, 32);
  v128.store(v, filled, 48);
  setMissing(pixel);
  store<u64>(BAD_IN_STATUS + row, load<u64>(BAD_IN_STATUS + row) | block);
  return true;
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
export function patch(pixel: u32, isG1: bool, base: usize, fill: f32): void {
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

