import { ADC_MASK, GAIN_BITS_SHIFT, GAIN_CODE_INVALID, MISSING_WORD } from "../detector.js";
import { UsualReading } from "./usual-reading.js";

/** Frames that say what each pixel usually reads, before any is counted. */
export const LEARNING_FRAMES = 50;
/** Frames that are counted together: each pixel's sums are touched once for all. */
const BATCH_FRAMES = 4;
/** Not every pixel is looked at to see whether a frame is dark; the step has no factor in common with a row. */
const LOOK_STEP = 17;
/** A frame of which more pixels are out is not dark. */
const MAX_OUT_SHARE = 0.05;

const GAIN_MASK = 3 << GAIN_BITS_SHIFT;

type Batch = readonly [Uint16Array, Uint16Array, Uint16Array, Uint16Array];

/** What was left out of one pixel's samples. */
export interface LeftOut {
  /** More than five deviations from what is usual. */
  readonly outliers: Uint32Array;
  /** Of another gain stage. */
  readonly wrongStage: Uint32Array;
  /** 0xFFFF or 0: the word did not come. */
  readonly missing: Uint32Array;
  /** 1 where gain code 10 was seen. */
  readonly invalidCode: Uint8Array;
}

/**
 * Samples of one port in one gain stage: exact sums of each pixel's readings.
 *
 * The first frames say what each pixel usually reads, by median and median absolute deviation, so that a photon or a spark
 * does not count. Readings are summed as their distance from the lowest usual one: whole numbers, and their squares are exact
 * in float64 for ten million frames.
 */
export class StageSamples {
  /** Bits 15–14 of the stage's words. */
  readonly #code: number;
  readonly #pixels: number;
  /** Frames that wait to be counted. */
  #pending: Uint16Array[] = [];
  #hasLearnt = false;
  /** The lowest reading that is usual for each pixel, in ADU, and how many ADU above it others are. */
  readonly #lows: Uint16Array;
  readonly #ranges: Uint16Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly leftOut: LeftOut;
  #counted = 0;
  #notDark = 0;

  constructor(gainCode: number, pixels: number) {
    this.#code = gainCode << GAIN_BITS_SHIFT;
    this.#pixels = pixels;
    this.#lows = new Uint16Array(pixels);
    this.#ranges = new Uint16Array(pixels);
    this.#sums = new Float64Array(pixels);
    this.#squares = new Float64Array(pixels);
    this.leftOut = {
      outliers: new Uint32Array(pixels),
      wrongStage: new Uint32Array(pixels),
      missing: new Uint32Array(pixels),
      invalidCode: new Uint8Array(pixels),
    };
  }

  /** Frames that were taken, those that wait to be counted included. */
  get frames(): number {
    return this.#counted + this.#pending.length;
  }

  /** Frames that count so far. */
  get counted(): number {
    return this.#counted;
  }

  /** Frames that were refused, because too many pixels were out. */
  get notDark(): number {
    return this.#notDark;
  }

  /** Take a frame's words. They are kept for some frames. */
  add(words: Uint16Array): void {
    this.#pending.push(words);
    if (this.#pending.length >= (this.#hasLearnt ? BATCH_FRAMES : LEARNING_FRAMES)) this.finish();
  }

  /** Count what waits. */
  finish(): void {
    if (this.#pending.length === 0) return;
    if (!this.#hasLearnt) this.#learn();
    const dark = this.#pending.filter((words) => this.#isDark(words));
    this.#notDark += this.#pending.length - dark.length;
    this.#pending = [];
    const whole = dark.length - (dark.length % BATCH_FRAMES);
    for (let from = 0; from < whole; from += BATCH_FRAMES) {
      this.#countTogether(dark.slice(from, from + BATCH_FRAMES) as unknown as Batch);
    }
    for (const words of dark.slice(whole)) {
      for (let pixel = 0; pixel < this.#pixels; pixel++) this.#count(pixel, words[pixel] as number);
    }
    this.#counted += dark.length;
  }

  /** Number, mean in ADU and rms in ADU of a pixel's samples; NaN of none. */
  pixel(index: number): { samples: number; mean: number; rms: number } {
    const { outliers, wrongStage, missing } = this.leftOut;
    const out = (outliers[index] as number) + (wrongStage[index] as number) + (missing[index] as number);
    const samples = this.#counted - out;
    const shift = (this.#sums[index] as number) / samples;
    const variance = (this.#squares[index] as number) / samples - shift * shift;
    return {
      samples,
      mean: samples === 0 ? Number.NaN : (this.#lows[index] as number) + shift,
      rms: samples === 0 ? Number.NaN : Math.sqrt(Math.max(variance, 0)),
    };
  }

  /** Pixels of which no frame counts yet. */
  pixelsWithout(): number {
    const { outliers, wrongStage, missing } = this.leftOut;
    let without = 0;
    for (let i = 0; i < this.#pixels; i++) {
      const out = (outliers[i] as number) + (wrongStage[i] as number) + (missing[i] as number);
      if (out === this.#counted) without++;
    }
    return without;
  }

  #isMine(word: number): boolean {
    return (word & GAIN_MASK) === this.#code && word !== 0 && word !== MISSING_WORD;
  }

  #learn(): void {
    const frames = this.#pending;
    const readings = new Uint16Array(frames.length);
    const usual = new UsualReading(frames.length);
    for (let pixel = 0; pixel < this.#pixels; pixel++) {
      let count = 0;
      for (const words of frames) {
        const word = words[pixel] as number;
        if (this.#isMine(word)) readings[count++] = word & ADC_MASK;
      }
      usual.look(readings, count);
      this.#lows[pixel] = usual.low;
      this.#ranges[pixel] = usual.range;
    }
    this.#hasLearnt = true;
  }

  /** Whether hardly a pixel is out. Those of another stage say nothing about it. */
  #isDark(words: Uint16Array): boolean {
    let looked = 0;
    let out = 0;
    for (let pixel = 0; pixel < words.length; pixel += LOOK_STEP) {
      const word = words[pixel] as number;
      if (!this.#isMine(word)) continue;
      looked++;
      if (this.#isOutlier(pixel, word)) out++;
    }
    return out <= MAX_OUT_SHARE * looked;
  }

  #isOutlier(pixel: number, word: number): boolean {
    const above = (word & ADC_MASK) - (this.#lows[pixel] as number);
    return above < 0 || above > (this.#ranges[pixel] as number);
  }

  /** The fast path: a pixel whose readings in all frames are usual, as nearly all are. */
  #countTogether([one, two, three, four]: Batch): void {
    const [code, lows, ranges] = [this.#code, this.#lows, this.#ranges];
    const [sums, squares] = [this.#sums, this.#squares];
    for (let pixel = 0; pixel < lows.length; pixel++) {
      const low = lows[pixel] as number;
      const range = ranges[pixel] as number;
      // Without the stage's bits; a word of another stage is out of every range.
      const a = ((one[pixel] as number) ^ code) - low;
      const b = ((two[pixel] as number) ^ code) - low;
      const c = ((three[pixel] as number) ^ code) - low;
      const d = ((four[pixel] as number) ^ code) - low;
      // Negative if any of them is.
      if ((a | b | c | d | (range - a) | (range - b) | (range - c) | (range - d)) >= 0) {
        sums[pixel] = (sums[pixel] as number) + a + b + c + d;
        squares[pixel] =
          (squares[pixel] as number) + Math.imul(a, a) + Math.imul(b, b) + Math.imul(c, c) + Math.imul(d, d);
      } else {
        this.#count(pixel, one[pixel] as number);
        this.#count(pixel, two[pixel] as number);
        this.#count(pixel, three[pixel] as number);
        this.#count(pixel, four[pixel] as number);
      }
    }
  }

  #count(pixel: number, word: number): void {
    if (!this.#isMine(word) || this.#isOutlier(pixel, word)) {
      this.#leaveOut(pixel, word);
      return;
    }
    const above = (word & ADC_MASK) - (this.#lows[pixel] as number);
    this.#sums[pixel] = (this.#sums[pixel] as number) + above;
    this.#squares[pixel] = (this.#squares[pixel] as number) + above * above;
  }

  #leaveOut(pixel: number, word: number): void {
    const { outliers, wrongStage, missing, invalidCode } = this.leftOut;
    const isMissing = word === 0 || word === MISSING_WORD;
    if (word >> GAIN_BITS_SHIFT === GAIN_CODE_INVALID) invalidCode[pixel] = 1;
    const counts = isMissing ? missing : (word & GAIN_MASK) === this.#code ? outliers : wrongStage;
    counts[pixel] = (counts[pixel] as number) + 1;
  }
}
