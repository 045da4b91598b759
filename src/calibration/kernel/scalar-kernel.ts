import {
  ADC_MASK,
  DETECTOR_COLUMNS,
  DETECTOR_PIXELS,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G1,
  GAIN_CODE_INVALID,
  MISSING_WORD,
  SATURATED_WORD,
} from "../../detector.js";
import { PIXEL_STATUS } from "../pixel-status.js";
import type { ConstantsPlanes, Kernel } from "./kernel.js";

const FIRST_WORD_OF_G1 = GAIN_CODE_G1 << GAIN_BITS_SHIFT;
const MAX_INT32 = 2 ** 31 - 1;

/** The kernel in plain TypeScript, for machines without SIMD. It gives, bit for bit, what the other gives. */
export class ScalarKernel implements Kernel {
  readonly path = "scalar";
  readonly raw: Uint8Array;
  readonly #words = new Uint16Array(DETECTOR_PIXELS);
  readonly values = new Float32Array(DETECTOR_PIXELS);
  readonly roundedValues = new Int32Array(this.values.buffer);
  readonly status = new Uint8Array(DETECTOR_PIXELS);
  readonly pedestals = constantsPlanes();
  readonly reciprocals = constantsPlanes();
  readonly baseStatus = [new Uint8Array(DETECTOR_PIXELS), new Uint8Array(DETECTOR_PIXELS)] as const;
  readonly counts = new Int32Array(6);

  constructor() {
    this.raw = new Uint8Array(this.#words.buffer);
  }

  calibrate(firstRow: number, rows: number, highGain: boolean, fill: number): void {
    const words = this.#words;
    const { values } = this;
    const stage = highGain ? 3 : 0;
    const pedestals = this.pedestals[stage];
    const reciprocals = this.reciprocals[stage];
    const base = this.baseStatus[highGain ? 1 : 0];
    const start = firstRow * DETECTOR_COLUMNS;
    const end = start + rows * DETECTOR_COLUMNS;
    this.status.set(base.subarray(start, end), start);
    for (let pixel = start; pixel < end; pixel++) {
      const word = words[pixel] as number;
      if (word < FIRST_WORD_OF_G1) {
        const signal = Math.fround(word - (pedestals[pixel] as number));
        values[pixel] = Math.fround(signal * (reciprocals[pixel] as number));
      } else {
        this.#calibrateSwitched(word, pixel, base[pixel] as number, fill);
      }
    }
  }

  /** The status is written anew with every frame. */
  forgetStatus(): void {}

  round(fill: number): void {
    const { values, roundedValues, status } = this;
    for (let pixel = 0; pixel < DETECTOR_PIXELS; pixel++) {
      // Both arrays are the same memory: the value is read before it is overwritten.
      roundedValues[pixel] =
        status[pixel] === PIXEL_STATUS.good ? nearestInt32(values[pixel] as number) : fill;
    }
  }

  /** A pixel that has left G0, or whose word is bad. */
  #calibrateSwitched(word: number, pixel: number, base: number, fill: number): void {
    const code = word >> GAIN_BITS_SHIFT;
    const stage = code === GAIN_CODE_G1 ? 1 : 2;
    const signal = Math.fround((word & ADC_MASK) - (this.pedestals[stage][pixel] as number));
    const value = Math.fround(signal * (this.reciprocals[stage][pixel] as number));
    const status = switchedStatus(word, base === PIXEL_STATUS.masked, Number.isNaN(value));
    this.values[pixel] = status === PIXEL_STATUS.good ? value : fill;
    this.status[pixel] = status;
    if (base !== PIXEL_STATUS.good) this.#count(base, -1);
    if (status !== PIXEL_STATUS.good || word === FIRST_WORD_OF_G1) this.#count(status, 1);
  }

  #count(status: number, change: number): void {
    this.counts[status] = (this.counts[status] as number) + change;
  }
}

function switchedStatus(word: number, isMasked: boolean, isUnusable: boolean): number {
  if (word === MISSING_WORD) return PIXEL_STATUS.missing;
  if (isMasked) return PIXEL_STATUS.masked;
  if (word >> GAIN_BITS_SHIFT === GAIN_CODE_INVALID) return PIXEL_STATUS.invalidGainCode;
  if (word === SATURATED_WORD) return PIXEL_STATUS.saturated;
  return isUnusable ? PIXEL_STATUS.noConstants : PIXEL_STATUS.good;
}

function nearestInt32(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  const nearest = above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.min(Math.max(nearest, -MAX_INT32 - 1), MAX_INT32);
}

function constantsPlanes(): ConstantsPlanes {
  const plane = () => new Float32Array(DETECTOR_PIXELS);
  return [plane(), plane(), plane(), plane()];
}
