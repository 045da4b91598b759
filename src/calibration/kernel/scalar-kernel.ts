import {
  ADC_MASK,
  type DetectorLayout,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G0,
  GAIN_CODE_G1,
  GAIN_CODE_INVALID,
  MISSING_WORD,
  SATURATED_WORD,
} from "../../detector.js";
import { countAbove, countGainStages, type GainStageCounts } from "../pixel-counts.js";
import { measureRegion, type RegionStatistics } from "../pixel-region.js";
import { measureRings } from "../pixel-rings.js";
import { measurePixels, type PixelStatistics } from "../pixel-statistics.js";
import { PIXEL_STATUS } from "../pixel-status.js";
import type { PixelRegion } from "../pixel-totals.js";
import type { RingMap, RingTotals } from "../ring-map.js";
import { type ConstantsPlanes, type Kernel, PLANE_OF_STAGE, type TrackingPlanes } from "./kernel.js";

const G1_LIMIT_WORD = GAIN_CODE_G1 << GAIN_BITS_SHIFT;
const MAX_INT32 = 2 ** 31 - 1;

/** Words that are bad or to be counted whatever the constants: 1, by word. */
const ODD_WORDS = new Uint8Array(2 ** 16).map((_, word) =>
  word === MISSING_WORD ||
  word === SATURATED_WORD ||
  word === G1_LIMIT_WORD ||
  word >> GAIN_BITS_SHIFT === GAIN_CODE_INVALID
    ? 1
    : 0,
);

/** The kernel in plain TypeScript, for machines without SIMD. It gives, bit for bit, what the other gives. */
export class ScalarKernel implements Kernel {
  readonly path = "scalar";
  readonly layout: DetectorLayout;
  readonly raw: Uint8Array;
  readonly values: Float32Array;
  readonly roundedValues: Int32Array;
  readonly status: Uint8Array;
  readonly pedestals: ConstantsPlanes;
  readonly reciprocals: ConstantsPlanes;
  readonly filePedestals: TrackingPlanes;
  readonly windows: TrackingPlanes;
  readonly baseStatus: readonly [Uint8Array, Uint8Array];
  readonly counts = new Int32Array(6);
  readonly #words: Uint16Array;
  // All stages in one array, so that a pixel's stage is a matter of its index: a branch would be guessed wrong too often.
  readonly #pedestals: Float32Array;
  readonly #reciprocals: Float32Array;

  constructor(layout: DetectorLayout) {
    const { pixels } = layout;
    this.layout = layout;
    this.values = new Float32Array(pixels);
    this.roundedValues = new Int32Array(this.values.buffer);
    this.status = new Uint8Array(pixels);
    this.baseStatus = [new Uint8Array(pixels), new Uint8Array(pixels)];
    this.#words = new Uint16Array(pixels);
    this.#pedestals = new Float32Array(4 * pixels);
    this.#reciprocals = new Float32Array(4 * pixels);
    this.raw = new Uint8Array(this.#words.buffer);
    this.pedestals = planesOf(this.#pedestals);
    this.reciprocals = planesOf(this.#reciprocals);
    this.filePedestals = [new Float32Array(pixels), new Float32Array(pixels)];
    this.windows = [new Float32Array(pixels), new Float32Array(pixels)];
  }

  calibrate(firstRow: number, rows: number, highGain: boolean, fill: number, threshold?: number): number {
    const words = this.#words;
    const pedestals = this.#pedestals;
    const reciprocals = this.#reciprocals;
    const { values, status } = this;
    const { pixels, columns } = this.layout;
    const base = this.baseStatus[highGain ? 1 : 0];
    const stages = Int32Array.of(highGain ? PLANE_OF_STAGE.hg0 : PLANE_OF_STAGE.g0, 1, 1, 2);
    const planeOfCode = stages.map((stage) => stage * pixels);
    const g0 = planeOfCode[GAIN_CODE_G0] as number;
    const start = firstRow * columns;
    const end = start + rows * columns;
    status.set(base.subarray(start, end), start);
    for (let pixel = start; pixel < end; pixel++) {
      const word = words[pixel] as number;
      if (word < G1_LIMIT_WORD) {
        // Nearly all pixels are in G0, where word and ADC value are the same.
        const signal = Math.fround(word - (pedestals[g0 + pixel] as number));
        values[pixel] = Math.fround(signal * (reciprocals[g0 + pixel] as number));
        continue;
      }
      const i = (planeOfCode[word >> GAIN_BITS_SHIFT] as number) + pixel;
      const signal = Math.fround((word & ADC_MASK) - (pedestals[i] as number));
      const value = Math.fround(signal * (reciprocals[i] as number));
      values[pixel] = value;
      status[pixel] = PIXEL_STATUS.good;
      if (ODD_WORDS[word] !== 0 || base[pixel] !== PIXEL_STATUS.good || Number.isNaN(value)) {
        this.#judge(pixel, word, base[pixel] as number, fill);
      }
    }
    if (threshold === undefined) return 0;
    return countAbove(values.subarray(start, end), status.subarray(start, end), threshold);
  }

  /** Say why a pixel is bad, fill it, and count it. */
  #judge(pixel: number, word: number, known: number, fill: number): void {
    const isUnusable = Number.isNaN(this.values[pixel]);
    const found = statusOf(word, known === PIXEL_STATUS.masked, isUnusable);
    this.status[pixel] = found;
    if (found !== PIXEL_STATUS.good) this.values[pixel] = fill;
    if (known !== PIXEL_STATUS.good) this.#count(known, -1);
    if (found !== PIXEL_STATUS.good || word === G1_LIMIT_WORD) this.#count(found, 1);
  }

  track(firstRow: number, rows: number, highGain: boolean, gain: number, limit: number): void {
    const words = this.#words;
    const { pedestals, file, windows, start, end } = this.#followed(firstRow, rows, highGain);
    const gain32 = Math.fround(gain);
    const limit32 = Math.fround(limit);
    for (let pixel = start; pixel < end; pixel++) {
      const word = words[pixel] as number;
      if (word >= G1_LIMIT_WORD) continue;
      const pedestal = pedestals[pixel] as number;
      const distance = Math.fround(word - pedestal);
      const outside = Math.fround(Math.fround(distance * distance) * (windows[pixel] as number));
      const inside = Math.fround(1 - outside);
      const weight = inside > 0 ? inside : 0;
      const step = Math.fround(Math.fround(distance * gain32) * Math.fround(weight * weight));
      pedestals[pixel] = limited(Math.fround(pedestal + step), file[pixel] as number, limit32);
    }
  }

  learn(firstRow: number, rows: number, highGain: boolean, step: number): void {
    const words = this.#words;
    const { file: middles, windows: spreads, start, end } = this.#followed(firstRow, rows, highGain);
    const step32 = Math.fround(step);
    for (let pixel = start; pixel < end; pixel++) {
      const word = words[pixel] as number;
      if (word >= G1_LIMIT_WORD) continue;
      const middle = middles[pixel] as number;
      const spread = spreads[pixel] as number;
      const distance = Math.fround(word - middle);
      const change = Math.fround(spread * step32);
      middles[pixel] = distance < 0 ? middle - change : middle + change;
      spreads[pixel] = Math.abs(distance) > spread ? spread + change : spread - change;
    }
  }

  /** What pedestals that follow the frames are made of. */
  #followed(firstRow: number, rows: number, highGain: boolean) {
    const { columns } = this.layout;
    const setting = highGain ? 1 : 0;
    return {
      pedestals: this.pedestals[highGain ? PLANE_OF_STAGE.hg0 : PLANE_OF_STAGE.g0],
      file: this.filePedestals[setting],
      windows: this.windows[setting],
      start: firstRow * columns,
      end: (firstRow + rows) * columns,
    };
  }

  /** The status is written anew with every frame. */
  forgetStatus(): void {}

  round(fill: number): void {
    const { values, roundedValues, status } = this;
    const { pixels } = this.layout;
    for (let pixel = 0; pixel < pixels; pixel++) {
      // Both arrays are the same memory: the value is read before it is overwritten.
      roundedValues[pixel] =
        status[pixel] === PIXEL_STATUS.good ? nearestInt32(values[pixel] as number) : fill;
    }
  }

  measure(rounded: boolean): PixelStatistics {
    return measurePixels(rounded ? this.roundedValues : this.values, this.status);
  }

  measureWords(): PixelStatistics {
    return measurePixels(this.#words, undefined);
  }

  countAbove(threshold: number, rounded: boolean): number {
    return countAbove(rounded ? this.roundedValues : this.values, this.status, threshold);
  }

  measureRegion(region: PixelRegion, rounded: boolean): RegionStatistics {
    const values = rounded ? this.roundedValues : this.values;
    return measureRegion(values, this.status, this.layout.columns, region);
  }

  measureRings(map: RingMap, rounded: boolean): RingTotals {
    return measureRings(rounded ? this.roundedValues : this.values, this.status, map);
  }

  countGainStages(marginAdu: number): GainStageCounts {
    return countGainStages(this.#words, this.status, marginAdu);
  }

  #count(status: number, change: number): void {
    this.counts[status] = (this.counts[status] as number) + change;
  }
}

function statusOf(word: number, isMasked: boolean, isUnusable: boolean): number {
  if (word === MISSING_WORD) return PIXEL_STATUS.missing;
  if (isMasked) return PIXEL_STATUS.masked;
  if (word >> GAIN_BITS_SHIFT === GAIN_CODE_INVALID) return PIXEL_STATUS.invalidGainCode;
  if (word === SATURATED_WORD) return PIXEL_STATUS.saturated;
  return isUnusable ? PIXEL_STATUS.noConstants : PIXEL_STATUS.good;
}

/** No further from the file's pedestal than the limit. NaN stays. */
function limited(pedestal: number, file: number, limit: number): number {
  const least = Math.fround(file - limit);
  const most = Math.fround(file + limit);
  const atLeast = pedestal < least ? least : pedestal;
  return most < atLeast ? most : atLeast;
}

function nearestInt32(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  const nearest = above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.min(Math.max(nearest, -MAX_INT32 - 1), MAX_INT32);
}

/** The planes of an array of four. */
function planesOf(planar: Float32Array): ConstantsPlanes {
  const pixels = planar.length / 4;
  const plane = (stage: number) => planar.subarray(stage * pixels, (stage + 1) * pixels);
  return [plane(0), plane(1), plane(2), plane(3)];
}
