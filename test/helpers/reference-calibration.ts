import { type CalibratedUnit, PIXEL_STATUS } from "../../src/calibration/index.js";
import { DETECTOR_PIXELS } from "../../src/detector.js";
import type { CalibrationConstants } from "./calibrators.js";

/** What the reference divides by, ADU per unit, float64, [3, 1024, 1024]: prepared, so that it can be measured alone. */
export function referenceDivisors(
  gains: Float64Array,
  unit: CalibratedUnit,
  photonEnergyKeV: number,
): Float64Array {
  if (unit === "photons") return gains.map((gain) => gain * photonEnergyKeV);
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
  for (let pixel = 0; pixel < DETECTOR_PIXELS; pixel++) {
    const word = raw[pixel] as number;
    const code = word >> 14;
    const stage = code === 0 ? 0 : code === 1 ? 1 : 2;
    const from = stage === 0 && highGain !== undefined ? highGain : { pedestals, gains, divisors };
    const i = from === highGain ? pixel : stage * DETECTOR_PIXELS + pixel;
    const pedestal = from.pedestals[i] as number;
    const gain = from.gains[i] as number;
    let reason: number = PIXEL_STATUS.good;
    if (word === 0xffff) reason = PIXEL_STATUS.missing;
    else if (masked?.[pixel]) reason = PIXEL_STATUS.masked;
    else if (code === 2) reason = PIXEL_STATUS.invalidGainCode;
    else if (word === 0xc000) reason = PIXEL_STATUS.saturated;
    else if (!isPedestal(pedestal) || !isGain(gain)) reason = PIXEL_STATUS.noConstants;
    status[pixel] = reason;
    const signal = Math.fround((word & 0x3fff) - pedestal);
    values[pixel] = reason === PIXEL_STATUS.good ? signal / (from.divisors[i] as number) : Number.NaN;
  }
}

function isPedestal(pedestal: number): boolean {
  return pedestal >= 0 && pedestal <= 16383;
}

/** Not 0, NaN or infinite, and not denormal in float32. */
function isGain(gain: number): boolean {
  const size = Math.abs(Math.fround(gain));
  return size >= 1.1754943508222875e-38 && size <= 3.4028234663852886e38;
}
