import { DETECTOR_PIXELS, GAIN_STAGES } from "../detector.js";

/**
 * Pedestals and gains of the whole detector, planar: the value of stage g and pixel i stands at g × 1024² + i.
 *
 * A pixel without usable constants in a stage holds NaN in both, in that stage.
 */
export interface CalibrationConstants {
  /** Mean dark ADC value in ADU, 14 bits, float32, [3, 1024, 1024]. */
  readonly pedestals: Float32Array;
  /** ADU/keV, as the file has it, float64, [3, 1024, 1024]. Negative in G1 and G2. */
  readonly gains: Float64Array;
}

/** One constants file: where it is, and where the configuration names it. */
export interface ConstantsFile {
  readonly path: string;
  /** For messages: `monitor.yaml:12: calibration.dark_filenames[1] = 'dark.h5'`. */
  readonly where: string;
}

/** Files in module order: top module first. */
export interface ConstantsFiles {
  readonly dark: readonly ConstantsFile[];
  readonly gain: readonly ConstantsFile[];
}

/** What reading found out, one sentence each, for the log. */
export type ConstantsNotes = (note: string) => void;

/** @throws {CalibrationError} every file's faults together */
export type ReadConstants = (files: ConstantsFiles, note: ConstantsNotes) => Promise<CalibrationConstants>;

/** Resolves to a {@link ReadConstants}. A host or test that registers its own replaces the files. */
export const READ_CONSTANTS = Symbol.for("om-jungfrau-zmq/ReadConstants");

/** Constants in which no pixel is usable yet. */
export function emptyConstants(): CalibrationConstants {
  return {
    pedestals: new Float32Array(GAIN_STAGES * DETECTOR_PIXELS).fill(Number.NaN),
    gains: new Float64Array(GAIN_STAGES * DETECTOR_PIXELS).fill(Number.NaN),
  };
}

/** The smallest normal float32. A gain below it in float32 has lost its digits, or all of its value. */
const MIN_NORMAL_FLOAT32 = 2 ** -126;

/** Whether a gain in ADU/keV can be divided by in float32: finite, not 0, not denormal. */
export function isUsableGain(gain: number): boolean {
  const single = Math.abs(Math.fround(gain));
  return single >= MIN_NORMAL_FLOAT32 && single < Number.POSITIVE_INFINITY;
}
