/*
 * Sums and maxima of frames, 16 pixels per step, bit-identical to partial-sums.ts. Memory: see simd-sums.ts.
 *
 * All planes have one number per pixel; the number of pixels is a multiple of 16.
 */

const BLOCK: u32 = 16;
/** Adding and subtracting it rounds to multiples of 2^-20; see partial-sums.ts. */
const ROUND_TO_2_20 = f64x2.splat(1.5 * 4294967296.0);
const LOWEST = f32x4.splat(f32.NEGATIVE_INFINITY);

/**
 * Add a frame.
 *
 * @param values   f32
 * @param status   u8; not 0 for pixels to leave out
 * @param sums     f64, added to
 * @param maxima   f32, raised
 */
export function addFloats(values: usize, status: usize, sums: usize, maxima: usize, pixels: u32): void {
  add<f32>(values, status, sums, maxima, pixels);
}

/** Likewise. @param values  i32 */
export function addIntegers(values: usize, status: usize, sums: usize, maxima: usize, pixels: u32): void {
  add<i32>(values, status, sums, maxima, pixels);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function add<T>(values: usize, status: usize, sums: usize, maxima: usize, pixels: u32): void {
  for (let pixel: u32 = 0; pixel < pixels; pixel += BLOCK) {
    const v: usize = values + 4 * pixel;
    const s: usize = sums + 8 * pixel;
    const m: usize = maxima + 4 * pixel;
    const bad = i8x16.ne(v128.load(status + pixel), i8x16.splat(0));
    if (v128.any_true(bad)) {
      const badA = i16x8.extend_low_i8x16_s(bad);
      const badB = i16x8.extend_high_i8x16_s(bad);
      addGood<T>(v, s, m, i32x4.extend_low_i16x8_s(badA));
      addGood<T>(v + 16, s + 32, m + 16, i32x4.extend_high_i16x8_s(badA));
      addGood<T>(v + 32, s + 64, m + 32, i32x4.extend_low_i16x8_s(badB));
      addGood<T>(v + 48, s + 96, m + 48, i32x4.extend_high_i16x8_s(badB));
    } else {
      addFour<T>(v128.load(v), s, m);
      addFour<T>(v128.load(v, 16), s + 32, m + 16);
      addFour<T>(v128.load(v, 32), s + 64, m + 32);
      addFour<T>(v128.load(v, 48), s + 96, m + 48);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addFour<T>(four: v128, s: usize, m: usize): void {
  addTwo<T>(four, s);
  addTwo<T>(v128.shuffle<i32>(four, four, 2, 3, 2, 3), s + 16);
  raise(m, isFloat<T>() ? four : f32x4.convert_i32x4_s(four));
}

/** Add the good ones of four pixels. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addGood<T>(v: usize, s: usize, m: usize, bad: v128): void {
  const four = v128.load(v);
  const good = v128.andnot(four, bad);
  addTwo<T>(good, s);
  addTwo<T>(v128.shuffle<i32>(good, good, 2, 3, 2, 3), s + 16);
  raise(m, v128.bitselect(LOWEST, isFloat<T>() ? four : f32x4.convert_i32x4_s(four), bad));
}

/** Add the first two of four values, rounded, to two sums. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addTwo<T>(four: v128, s: usize): void {
  const two = isFloat<T>() ? f64x2.promote_low_f32x4(four) : f64x2.convert_low_i32x4_s(four);
  const rounded = f64x2.sub(f64x2.add(two, ROUND_TO_2_20), ROUND_TO_2_20);
  v128.store(s, f64x2.add(v128.load(s), rounded));
}

/** NaN does not raise a maximum. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function raise(m: usize, four: v128): void {
  v128.store(m, f32x4.pmax(v128.load(m), four));
}
