import { ADC_MASK, GAIN_BITS_SHIFT, MISSING_WORD } from "../detector.js";
import {
  type DarkKernel,
  type DarkSums,
  fastestDarks,
  LEARNING_FRAMES,
  type Readings,
  SUMMED_FRAMES,
} from "./kernel/index.js";
import { setUsualRanges } from "./usual-range.js";

/**
 * Step of the pixels that are examined to see whether a frame is dark. It has no factor in common with the length of
 * a row.
 */
const LOOK_STEP = 521;
/** A frame with a larger share of outliers is not dark. */
const MAX_OUT_SHARE = 0.05;

const GAIN_MASK = 3 << GAIN_BITS_SHIFT;

/**
 * Samples of one port in one gain stage: exact sums of each pixel's readings.
 *
 * The first frames give the usual readings of each pixel, by median and median absolute deviation, so that a photon
 * or a spark does not count. Readings are summed as their distance from the lowest usual one: these are whole
 * numbers, and the sums of their squares are exact in float64 for ten million frames.
 */
export class StageSamples {
  /** Bits 15–14 of the stage's words. */
  readonly #code: number;
  readonly #sums: DarkSums;
  readonly #spare: Readings[];
  /** Undefined after the first frames have shown the usual readings. */
  #first: Readings | undefined;
  /** Frames that wait to show the usual readings, or to be summed. */
  #waiting = 0;
  #counted = 0;
  #notDark = 0;

  /**
   * @param spare  free memory for the first frames of a stage, shared by the stages because it is large
   */
  constructor(gainCode: number, pixels: number, kernel: DarkKernel = fastestDarks(), spare: Readings[] = []) {
    this.#code = gainCode << GAIN_BITS_SHIFT;
    this.#sums = kernel.sums(pixels);
    this.#first = spare.pop() ?? kernel.readings(pixels);
    this.#spare = spare;
  }

  /** Counts of each pixel's words that are not samples. */
  get leftOut(): Pick<DarkSums, "outliers" | "wrongStage" | "missing" | "invalidCode"> {
    return this.#sums;
  }

  /** Number of accepted frames, including those that wait to be counted. */
  get frames(): number {
    return this.#counted + this.#waiting;
  }

  /** Number of frames counted so far. */
  get counted(): number {
    return this.#counted;
  }

  /** Number of rejected frames, which had too many outliers. */
  get notDark(): number {
    return this.#notDark;
  }

  /** Add a frame's words. They are copied. */
  add(words: Uint16Array): void {
    if (this.#first === undefined) {
      this.#addToBatch(words);
      return;
    }
    (this.#first.words[this.#waiting] as Uint16Array).set(words);
    this.#waiting += 1;
    if (this.#waiting === LEARNING_FRAMES) this.#learn(this.#first);
  }

  /** Count the waiting frames. */
  finish(): void {
    if (this.#waiting === 0) return;
    if (this.#first !== undefined) this.#learn(this.#first);
    this.#sums.add(this.#waiting, this.#code);
    this.#counted += this.#waiting;
    this.#waiting = 0;
  }

  /** Number, mean in ADU and rms in ADU of a pixel's samples; NaN without samples. */
  pixel(index: number): { samples: number; mean: number; rms: number } {
    const { lows, sums, squares } = this.#sums;
    const samples = this.#counted - this.#leftOut(index);
    const shift = (sums[index] as number) / samples;
    const variance = (squares[index] as number) / samples - shift * shift;
    return {
      samples,
      mean: samples === 0 ? Number.NaN : (lows[index] as number) + shift,
      rms: samples === 0 ? Number.NaN : Math.sqrt(Math.max(variance, 0)),
    };
  }

  /** Number of pixels without samples so far. */
  pixelsWithout(): number {
    let without = 0;
    for (let i = 0; i < this.#sums.lows.length; i++) if (this.#leftOut(i) === this.#counted) without++;
    return without;
  }

  #leftOut(pixel: number): number {
    const { outliers, wrongStage, missing } = this.#sums;
    return (outliers[pixel] as number) + (wrongStage[pixel] as number) + (missing[pixel] as number);
  }

  #learn(first: Readings): void {
    const frames = this.#waiting;
    first.learn(frames, this.#code);
    setUsualRanges(first, this.#sums);
    this.#first = undefined;
    this.#waiting = 0;
    for (const words of first.words.slice(0, frames)) this.#addToBatch(words);
    this.#spare.push(first);
  }

  #addToBatch(words: Uint16Array): void {
    if (!this.#isDark(words)) {
      this.#notDark += 1;
      return;
    }
    (this.#sums.words[this.#waiting] as Uint16Array).set(words);
    this.#waiting += 1;
    if (this.#waiting === SUMMED_FRAMES) this.finish();
  }

  /** Whether hardly any pixel is an outlier. Pixels in another stage are ignored. */
  #isDark(words: Uint16Array): boolean {
    const { lows, ranges } = this.#sums;
    const code = this.#code;
    let looked = 0;
    let out = 0;
    for (let pixel = 0; pixel < words.length; pixel += LOOK_STEP) {
      const word = words[pixel] as number;
      if ((word & GAIN_MASK) !== code || word === 0 || word === MISSING_WORD) continue;
      looked++;
      const above = (word & ADC_MASK) - (lows[pixel] as number);
      if (above < 0 || above > (ranges[pixel] as number)) out++;
    }
    return out <= MAX_OUT_SHARE * looked;
  }
}
