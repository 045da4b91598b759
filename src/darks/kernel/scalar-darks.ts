import { ADC_MASK, GAIN_BITS_SHIFT, GAIN_CODE_INVALID, MISSING_WORD } from "../../detector.js";
import { type DarkSums, LEARNING_FRAMES, type Readings, SUMMED_FRAMES } from "./dark-sums.js";

const GAIN_MASK = 3 << GAIN_BITS_SHIFT;

function isMissing(word: number): boolean {
  return word === 0 || word === MISSING_WORD;
}

/** Readings of the first frames of a stage, without SIMD. */
export class ScalarReadings implements Readings {
  readonly words: readonly Uint16Array[];
  readonly counts: Uint16Array;
  readonly medians: Uint16Array;
  readonly deviations: Uint16Array;

  constructor(pixels: number) {
    this.words = Array.from({ length: LEARNING_FRAMES }, () => new Uint16Array(pixels));
    this.counts = new Uint16Array(pixels);
    this.medians = new Uint16Array(pixels);
    this.deviations = new Uint16Array(pixels);
  }

  learn(frames: number, code: number): void {
    const all = new Uint16Array(frames);
    for (let pixel = 0; pixel < this.counts.length; pixel++) {
      let count = 0;
      for (const words of this.words.slice(0, frames)) {
        const word = words[pixel] as number;
        if ((word & GAIN_MASK) === code && !isMissing(word)) all[count++] = word & ADC_MASK;
      }
      const readings = all.subarray(0, count).sort();
      const middle = (count - 1) >> 1;
      const median = readings[middle] ?? 0;
      const away = readings.map((reading) => Math.abs(reading - median)).sort();
      this.counts[pixel] = count;
      this.medians[pixel] = median;
      this.deviations[pixel] = away[middle] ?? 0;
    }
  }
}

/** Sums of dark frames, without SIMD. */
export class ScalarSums implements DarkSums {
  readonly words: readonly Uint16Array[];
  readonly lows: Uint16Array;
  readonly ranges: Uint16Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly outliers: Uint32Array;
  readonly wrongStage: Uint32Array;
  readonly missing: Uint32Array;
  readonly invalidCode: Uint16Array;

  constructor(pixels: number) {
    this.words = Array.from({ length: SUMMED_FRAMES }, () => new Uint16Array(pixels));
    this.lows = new Uint16Array(pixels);
    this.ranges = new Uint16Array(pixels);
    this.sums = new Float64Array(pixels);
    this.squares = new Float64Array(pixels);
    this.outliers = new Uint32Array(pixels);
    this.wrongStage = new Uint32Array(pixels);
    this.missing = new Uint32Array(pixels);
    this.invalidCode = new Uint16Array(pixels);
  }

  add(frames: number, code: number): void {
    const { lows, ranges, sums, squares } = this;
    for (const words of this.words.slice(0, frames)) {
      for (let pixel = 0; pixel < words.length; pixel++) {
        const word = words[pixel] as number;
        // A word of another stage, or a word that was not received, is outside every range.
        const above = (word ^ code) - (lows[pixel] as number);
        if (above < 0 || above > (ranges[pixel] as number)) {
          this.#leaveOut(pixel, word, code);
          continue;
        }
        sums[pixel] = (sums[pixel] as number) + above;
        squares[pixel] = (squares[pixel] as number) + above * above;
      }
    }
  }

  #leaveOut(pixel: number, word: number, code: number): void {
    const { outliers, wrongStage, missing } = this;
    if (word >> GAIN_BITS_SHIFT === GAIN_CODE_INVALID) this.invalidCode[pixel] = 1;
    const counts = isMissing(word) ? missing : (word & GAIN_MASK) === code ? outliers : wrongStage;
    counts[pixel] = (counts[pixel] as number) + 1;
  }
}
