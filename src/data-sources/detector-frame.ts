import type { BadPixelCounts, CalibratedUnit } from "../calibration/index.js";

/** A detector frame: a 2D array over a typed array. */
interface Frame {
  /** [rows, columns]: [1024, 1024]. */
  readonly shape: readonly [rows: number, columns: number];
  /** Elements from one row, and from one column, to the next: [1024, 1]. */
  readonly stride: readonly [row: number, column: number];
  /** Pixels that hold no measurement, by reason. */
  readonly badPixels: Readonly<BadPixelCounts>;
  /** Whether a module lost packets, so that pixels are missing. */
  readonly incomplete: boolean;
}

/** Words as they came, gain bits included. */
export interface RawFrame extends Frame {
  readonly dtype: "uint16";
  readonly data: Uint16Array;
  readonly unit: "raw";
}

/** Calibrated values; bad pixels hold the fill value. */
export interface CalibratedFrame extends Frame {
  readonly dtype: "float32";
  readonly data: Float32Array;
  readonly unit: CalibratedUnit;
  /** What bad pixels hold; NaN unless it is configured. */
  readonly fillValue: number;
}

/** What `Jungfrau1MZmq` gives: which of the two, `<name>_calibration` says. */
export type DetectorFrame = RawFrame | CalibratedFrame;
