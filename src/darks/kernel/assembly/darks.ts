/*
 * What dark frames read, and the sums of it, eight pixels a step. dark-kernel.ts lays out the memory; scalar-darks.ts does the
 * same a pixel at a time.
 *
 * Frames are u16 words that follow each other, `stride` bytes apart. All else is a plane of one number a pixel. The number of
 * pixels is a multiple of 8.
 */

const GROUP: u32 = 8;
const GAIN_MASK: i16 = <i16>0xc000;
const MISSING: i16 = -1;

/**
 * Median and median absolute deviation of each pixel's readings, both whole numbers: of an even number of readings the lower of
 * the two in the middle.
 *
 * @param scratch     room for one group of all frames, 16 bytes each
 * @param counts      readings of the stage, u16
 * @param medians     u16
 * @param deviations  u16
 */
export function learn(
  words: usize,
  stride: usize,
  frames: u32,
  pixels: u32,
  code: u32,
  scratch: usize,
  counts: usize,
  medians: usize,
  deviations: usize,
): void {
  const end = scratch + 16 * frames;
  const none = i16x8.splat(-1);
  for (let pixel: u32 = 0; pixel < pixels; pixel += GROUP) {
    let count = i16x8.splat(0);
    let lowest = none;
    let highest = i16x8.splat(0);
    let word = words + 2 * pixel;
    for (let at = scratch; at < end; at += 16, word += stride) {
      const reading = v128.load(word);
      const isMine = isOfStage(reading, code);
      const adc = v128.xor(reading, i16x8.splat(<i16>code));
      count = i16x8.sub(count, isMine);
      lowest = i16x8.min_u(lowest, v128.bitselect(adc, none, isMine));
      highest = i16x8.max_u(highest, v128.and(adc, isMine));
      v128.store(at, v128.bitselect(adc, none, isMine));
    }
    const half = i16x8.shr_u(i16x8.add(count, i16x8.splat(1)), 1);
    const hasAny = i16x8.ne(count, i16x8.splat(0));
    const spread = v128.and(i16x8.sub(highest, lowest), hasAny);
    const median = middle(scratch, end, half, v128.and(lowest, hasAny), spread);
    for (let at = scratch; at < end; at += 16) {
      const adc = v128.load(at);
      const away = v128.or(i16x8.sub_sat_u(adc, median), i16x8.sub_sat_u(median, adc));
      v128.store(at, v128.bitselect(none, away, i16x8.eq(adc, none)));
    }
    const deviation = middle(scratch, end, half, i16x8.splat(0), spread);
    v128.store(counts + 2 * pixel, count);
    v128.store(medians + 2 * pixel, median);
    v128.store(deviations + 2 * pixel, deviation);
  }
}

/** The highest value from `lowest` to `lowest + spread` below which fewer than half of the values are. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function middle(from: usize, end: usize, half: v128, lowest: v128, spread: v128): v128 {
  let found = lowest;
  for (let bit = highestBit(spread); bit > 0; bit >>= 1) {
    const trial = i16x8.add(found, i16x8.splat(<i16>bit));
    let below = i16x8.splat(0);
    for (let at = from; at < end; at += 16) below = i16x8.sub(below, i16x8.lt_u(v128.load(at), trial));
    found = v128.bitselect(trial, found, i16x8.lt_u(below, half));
  }
  return found;
}

/** The highest bit that is set in any of eight numbers, as a number; 0 if there is none. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function highestBit(values: v128): u32 {
  const four = v128.or(values, i64x2.shuffle(values, values, 1, 0));
  const any = i64x2.extract_lane(four, 0);
  const two = <u32>(any | (any >> 32));
  const one = (two | (two >> 16)) & 0xffff;
  return one == 0 ? 0 : 1 << (31 - clz(one));
}

/**
 * Add the usual readings of some frames to the sums of each pixel, as their distance from the lowest usual one, and the squares
 * of that distance; count the others by what they are.
 *
 * At most 16 frames: squares of 16 distances of 14 bits fill the 32 bits that they are added in.
 *
 * @param code        gain code of the stage, in bits 15–14
 * @param lows        lowest usual reading, u16; not 0
 * @param ranges      how far above it others may be, u16; the highest usual reading is below 0x3fff
 * @param sums        f64, added to; whole numbers
 * @param squares     f64, likewise
 * @param outliers    u32, added to
 * @param wrongStage  u32, likewise
 * @param missing     u32, likewise
 * @param seen        u16, set to 1 where gain code 10 was seen
 */
export function add(
  words: usize,
  stride: usize,
  frames: u32,
  pixels: u32,
  code: u32,
  lows: usize,
  ranges: usize,
  sums: usize,
  squares: usize,
  outliers: usize,
  wrongStage: usize,
  missing: usize,
  seen: usize,
): void {
  const codes = i16x8.splat(<i16>code);
  for (let pixel: u32 = 0; pixel < pixels; pixel += GROUP) {
    const low = v128.load(lows + 2 * pixel);
    const range = v128.load(ranges + 2 * pixel);
    let sumA = i32x4.splat(0);
    let sumB = i32x4.splat(0);
    let squareA = i32x4.splat(0);
    let squareB = i32x4.splat(0);
    // Replaces the second frame of an incomplete pair: a usual reading that adds 0.
    const lowest = v128.xor(low, codes);
    let word = words + 2 * pixel;
    // Two frames at a time, because one product of pairs adds both.
    for (let frame: u32 = 0; frame < frames; frame += 2, word += 2 * stride) {
      const reading = v128.load(word);
      const other = frame + 1 < frames ? v128.load(word + stride) : lowest;
      // A word of another stage, one that did not come, or below the lowest, is further than any range.
      const distance = i16x8.sub(v128.xor(reading, codes), low);
      const otherDistance = i16x8.sub(v128.xor(other, codes), low);
      const isUsual = i16x8.le_u(distance, range);
      const isOtherUsual = i16x8.le_u(otherDistance, range);
      const above = v128.and(distance, isUsual);
      const otherAbove = v128.and(otherDistance, isOtherUsual);
      const pairsA = i16x8.shuffle(above, otherAbove, 0, 8, 1, 9, 2, 10, 3, 11);
      const pairsB = i16x8.shuffle(above, otherAbove, 4, 12, 5, 13, 6, 14, 7, 15);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(pairsA, i16x8.splat(1)));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(pairsB, i16x8.splat(1)));
      squareA = i32x4.add(squareA, i32x4.dot_i16x8_s(pairsA, pairsA));
      squareB = i32x4.add(squareB, i32x4.dot_i16x8_s(pairsB, pairsB));
      if (!i16x8.all_true(v128.and(isUsual, isOtherUsual))) {
        leaveOut(reading, isUsual, codes, pixel, outliers, wrongStage, missing, seen);
        leaveOut(other, isOtherUsual, codes, pixel, outliers, wrongStage, missing, seen);
      }
    }
    addTo(sums + 8 * pixel, sumA, sumB);
    addTo(squares + 8 * pixel, squareA, squareB);
  }
}

/** Count the unusual readings of eight pixels by their kind. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function leaveOut(
  reading: v128,
  isUsual: v128,
  codes: v128,
  pixel: u32,
  outliers: usize,
  wrongStage: usize,
  missing: usize,
  seen: usize,
): void {
  const isMissing = v128.or(i16x8.eq(reading, i16x8.splat(0)), i16x8.eq(reading, i16x8.splat(MISSING)));
  const bits = v128.and(reading, i16x8.splat(GAIN_MASK));
  const isMine = i16x8.eq(bits, codes);
  const out = v128.andnot(v128.not(isUsual), isMissing);
  count(outliers + 4 * pixel, v128.and(out, isMine));
  count(wrongStage + 4 * pixel, v128.andnot(out, isMine));
  count(missing + 4 * pixel, isMissing);
  const isInvalid = i16x8.eq(bits, i16x8.splat(<i16>0x8000));
  v128.store(seen + 2 * pixel, v128.or(v128.load(seen + 2 * pixel), i16x8.shr_u(isInvalid, 15)));
}

/** Whether words are readings of a stage. 0 and 0xFFFF stand for what did not come. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isOfStage(words: v128, code: u32): v128 {
  const isMine = i16x8.eq(v128.and(words, i16x8.splat(GAIN_MASK)), i16x8.splat(<i16>code));
  const isMissing = v128.or(i16x8.eq(words, i16x8.splat(0)), i16x8.eq(words, i16x8.splat(MISSING)));
  return v128.andnot(isMine, isMissing);
}

/** Add one to those of eight u32 whose 16 bits are set. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function count(at: usize, which: v128): void {
  v128.store(at, i32x4.sub(v128.load(at), i32x4.extend_low_i16x8_s(which)));
  v128.store(at, i32x4.sub(v128.load(at, 16), i32x4.extend_high_i16x8_s(which)), 16);
}

/** Add eight u32 to eight f64. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addTo(at: usize, a: v128, b: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.convert_low_i32x4_u(a)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.convert_low_i32x4_u(upper(a))), 16);
  v128.store(at, f64x2.add(v128.load(at, 32), f64x2.convert_low_i32x4_u(b)), 32);
  v128.store(at, f64x2.add(v128.load(at, 48), f64x2.convert_low_i32x4_u(upper(b))), 48);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function upper(values: v128): v128 {
  return i64x2.shuffle(values, values, 1, 1);
}
