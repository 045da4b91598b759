import { type CalibratedUnit, PIXEL_STATUS } from "../../src/calibration/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import type { CalibrationConstants } from "./calibrators.js";

/** What the reference divides by, ADU per unit, float64, [3, 1024, 1024]: prepared, so that it can be measured alone. */
export function referenceDivisors(
  gains: Float64Array,
  unit: CalibratedUnit,
  photonEnergyKeV: number,
): Float64Array {
  if (unit === "photons") {
    const divisors = new Float64Array(gains.length);
    for (let i = 0; i < gains.length; i++) divisors[i] = (gains[i] as number) * photonEnergyKeV;
    return divisors;
  }
  return unit === "keV" ? gains : new Float64Array(gains.length).fill(1);
}

/**
 * The calibration as a newcomer would write it, in float64: what the kernels have to agree with.
 *
 *     value = (adc − pedestal[g]) / divisor[g]        with g from the gain bits, adc the lower 14
 *
 * As in the programs of the field, the subtraction is rounded to float32.
 *
 * @param highGain  the constants of G0 to use, [1024, 1024], where they are those of high gain
 */
export function calibrateReference(
  raw: Uint16Array,
  { pedestals, gains, masked }: CalibrationConstants,
  divisors: Float64Array,
  values: Float32Array | Float64Array,
  status: Uint8Array,
  highGain?: {
    readonly pedestals: Float32Array;
    readonly gains: Float64Array;
    readonly divisors: Float64Array;
  },
): void {
  const g0 = highGain ?? { pedestals, gains, divisors };
  for (let pixel = 0; pixel < JUNGFRAU_1M.pixels; pixel++) {
    const word = raw[pixel] as number;
    const isG0 = word < 0x4000;
    const from = isG0 ? g0.pedestals : pedestals;
    const fromGains = isG0 ? g0.gains : gains;
    const fromDivisors = isG0 ? g0.divisors : divisors;
    const i = pixel + (isG0 ? 0 : word < 0x8000 ? JUNGFRAU_1M.pixels : 2 * JUNGFRAU_1M.pixels);
    const reason = reasonOf(word, masked?.[pixel] ?? 0, from[i] as number, fromGains[i] as number);
    status[pixel] = reason;
    const signal = Math.fround((word & 0x3fff) - (from[i] as number));
    values[pixel] = reason === PIXEL_STATUS.good ? signal / (fromDivisors[i] as number) : Number.NaN;
  }
}

function reasonOf(word: number, masked: number, pedestal: number, gain: number): number {
  if (word === 0xffff) return PIXEL_STATUS.missing;
  if (masked !== 0) return PIXEL_STATUS.masked;
  if (word >> 14 === 2) return PIXEL_STATUS.invalidGainCode;
  if (word === 0xc000) return PIXEL_STATUS.saturated;
  return isPedestal(pedestal) && isGain(gain) ? PIXEL_STATUS.good : PIXEL_STATUS.noConstants;
}

function isPedestal(pedestal: number): boolean {
  return pedestal >= 0 && pedestal <= 16383;
}

/** Not 0, NaN or infinite, and not denormal in float32. */
function isGain(gain: number): boolean {
  const size = Math.abs(Math.fround(gain));
  return size >= 1.1754943508222875e-38 && size <= 3.4028234663852886e38;
}
