import { ADC_MASK } from "../detector.js";

/** Samples further from what is usual than this many deviations are left out. */
const OUTLIER_SIGMAS = 5;
/** The deviation of a normal distribution, from its median absolute deviation. */
const SIGMAS_PER_MAD = 1.4826;
/** Fewer samples than this do not say what is usual. */
const LEAST_LEARNT = 5;
/** Readings that spread over fewer ADC values are counted by value: faster than sorting them. */
const COUNTED_RANGE = 512;

/** Readings at the ends of the ADC's range are none: words that did not come look like them. */
const LOWEST = 1;
const HIGHEST = ADC_MASK - 1;

/** What a pixel usually reads: median of its readings, and how far others may be off by their median absolute deviation. */
export class UsualReading {
  readonly #counts = new Uint8Array(COUNTED_RANGE);
  readonly #sorted: Float64Array;
  #median = 0;
  /** The lowest usual reading, in ADU, and how many ADU above it others are. */
  low = LOWEST;
  range = 0;

  constructor(maxReadings: number) {
    this.#sorted = new Float64Array(maxReadings);
  }

  look(readings: Uint16Array, count: number): void {
    let min: number = ADC_MASK;
    let max = 0;
    for (let i = 0; i < count; i++) {
      const reading = readings[i] as number;
      if (reading < min) min = reading;
      if (reading > max) max = reading;
    }
    if (count < LEAST_LEARNT) {
      // Whatever comes later counts.
      this.low = LOWEST;
      this.range = HIGHEST - LOWEST;
      return;
    }
    const deviation =
      max - min < COUNTED_RANGE
        ? this.#byCounting(readings, count, min, max)
        : this.#bySorting(readings, count);
    // Half an ADU: whole numbers are as coarse.
    const reach = Math.ceil(OUTLIER_SIGMAS * SIGMAS_PER_MAD * (deviation + 0.5));
    this.low = Math.max(this.#median - reach, LOWEST);
    this.range = Math.max(Math.min(this.#median + reach, HIGHEST) - this.low, 0);
  }

  #byCounting(readings: Uint16Array, count: number, min: number, max: number): number {
    const counts = this.#counts.fill(0, 0, max - min + 1);
    for (let i = 0; i < count; i++) {
      const at = (readings[i] as number) - min;
      counts[at] = (counts[at] as number) + 1;
    }
    const half = (count + 1) >> 1;
    let median = 0;
    for (let seen = counts[0] as number; seen < half; ) seen += counts[++median] as number;
    let deviation = 0;
    for (let seen = counts[median] as number; seen < half; ) {
      deviation++;
      if (median >= deviation) seen += counts[median - deviation] as number;
      if (median + deviation <= max - min) seen += counts[median + deviation] as number;
    }
    this.#median = min + median;
    return deviation;
  }

  #bySorting(readings: Uint16Array, count: number): number {
    const middle = (count - 1) >> 1;
    const sorted = this.#sorted.subarray(0, count);
    sorted.set(readings.subarray(0, count));
    const median = sorted.sort()[middle] as number;
    for (let i = 0; i < count; i++) sorted[i] = Math.abs((sorted[i] as number) - median);
    this.#median = median;
    return sorted.sort()[middle] as number;
  }
}
