import {
  ADC_MASK,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G1,
  GAIN_CODE_INVALID,
  MISSING_WORD,
  SATURATED_WORD,
} from "../detector.js";
import type { CalibrationConstants } from "./constants.js";

/** Bad pixels of a frame by reason; a pixel has one reason. */
export interface BadPixelCounts {
  /** 0xFFFF: its packet was lost. */
  missing: number;
  /** Gain code `10`. */
  invalidGainCode: number;
  /** 0xC000: at the end of G2. */
  saturated: number;
  /** No usable pedestal or gain in the stage that the pixel was in. */
  noConstants: number;
}

export function noBadPixels(): BadPixelCounts {
  return { missing: 0, invalidGainCode: 0, saturated: 0, noConstants: 0 };
}

/** Unit of calibrated pixels: photons of one energy, deposited energy in keV, or ADU with the pedestal subtracted. */
export type CalibratedUnit = "photons" | "keV" | "adu";

/** The formula's constants: what is subtracted and what is divided by, planar [3, pixels]. */
export interface FormulaConstants {
  /** ADU; NaN where a pixel has no constants. */
  readonly pedestals: Float32Array;
  /** ADU per unit, with gain × photon energy for photons. */
  readonly divisors: Float64Array;
}

/**
 * @param photonEnergyKeV  for photons; not used for other units
 */
export function formulaConstants(
  { pedestals, gains }: CalibrationConstants,
  unit: CalibratedUnit,
  photonEnergyKeV: number,
): FormulaConstants {
  if (unit === "adu") return { pedestals, divisors: new Float64Array(gains.length).fill(1) };
  if (unit === "keV") return { pedestals, divisors: gains };
  return { pedestals, divisors: gains.map((gain) => gain * photonEnergyKeV) };
}

/**
 * Calibrate a raw frame. This is the reference that a faster kernel has to agree with:
 *
 *     value = (adc − pedestal[g]) / divisor[g]        with g from the gain bits, adc the lower 14
 *
 * The subtraction is rounded to float32 as in the programs of the field, the division is in float64.
 *
 * @param raw        words with gain bits, uint16; borrowed
 * @param constants  for as many pixels as `raw` has
 * @param fillValue  what bad pixels get
 * @param out        values in the unit of the constants, float32, as long as `raw`; overwritten
 * @returns          pixels marked bad, by reason
 */
export function calibrate(
  raw: Uint16Array,
  { pedestals, divisors }: FormulaConstants,
  fillValue: number,
  out: Float32Array,
): BadPixelCounts {
  const bad = noBadPixels();
  const pixels = raw.length;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const word = raw[pixel] as number;
    // Nearly all pixels are in G0, where word and ADC value are the same.
    const value =
      word < FIRST_WORD_OF_G1
        ? Math.fround(word - (pedestals[pixel] as number)) / (divisors[pixel] as number)
        : valueAboveG0(word, pixel, pixels, pedestals, divisors, bad);
    if (Number.isNaN(value)) {
      bad.noConstants++;
      out[pixel] = fillValue;
    } else {
      out[pixel] = value;
    }
  }
  // Those that are bad by their words came out as NaN too.
  bad.noConstants -= bad.missing + bad.invalidGainCode + bad.saturated;
  return bad;
}

const FIRST_WORD_OF_G1 = GAIN_CODE_G1 << GAIN_BITS_SHIFT;

/** The value of a pixel in G1 or G2; NaN, and counted, for a word that is bad whatever the constants. */
function valueAboveG0(
  word: number,
  pixel: number,
  pixels: number,
  pedestals: Float32Array,
  divisors: Float64Array,
  bad: BadPixelCounts,
): number {
  if (word === MISSING_WORD) {
    bad.missing++;
    return Number.NaN;
  }
  if (word === SATURATED_WORD) {
    bad.saturated++;
    return Number.NaN;
  }
  const code = word >> GAIN_BITS_SHIFT;
  if (code === GAIN_CODE_INVALID) {
    bad.invalidGainCode++;
    return Number.NaN;
  }
  const i = (code === GAIN_CODE_G1 ? pixels : 2 * pixels) + pixel;
  return Math.fround((word & ADC_MASK) - (pedestals[i] as number)) / (divisors[i] as number);
}

/** Words that say that their packet was lost. */
export function countMissing(raw: Uint16Array): number {
  let missing = 0;
  for (let pixel = 0; pixel < raw.length; pixel++) if (raw[pixel] === MISSING_WORD) missing++;
  return missing;
}
