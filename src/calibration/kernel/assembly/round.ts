import { BLOCK, PIXELS, STATUS, VALUES } from "./layout";

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

