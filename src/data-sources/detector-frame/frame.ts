import type {
  BadPixelCounts,
  CalibratedUnit,
  GainStageCounts,
  PixelRegion,
  PixelStatistics,
  RegionStatistics,
  RingMap,
  RingTotals,
} from "../../calibration/index.js";

/** A detector frame: a 2D array over a typed array. */
interface Frame {
  /** Rows and columns: [1024, 1024] for a JUNGFRAU 1M, or more with the gaps of `<name>_geometry`. */
  readonly shape: readonly [rows: number, columns: number];
  /** Elements from one row to the next, and from one column to the next. */
  readonly stride: readonly [row: number, column: number];
  /** Number of pixels without a measurement, by reason. */
  readonly badPixels: Readonly<BadPixelCounts>;
  /** Whether a module lost packets, so that pixels are missing. */
  readonly incomplete: boolean;
  /**
   * Measure the pixels with status 0; in a raw frame without gaps, all pixels. Computed on request. Copies of
   * a frame, by a spread or `structuredClone`, do not have this method.
   *
   * A borrowed frame is measured once, by the calibration kernel in its memory; a frame that the caller owns,
   * pixel by pixel in its current state.
   *
   * @throws {HostError} HOST_EVENT_CLOSED if the frame was borrowed, and the source has since made another in its place
   */
  statistics(): PixelStatistics;
  /**
   * Measure the pixels of a region with status 0; in a raw frame, all words except 0xFFFF. Like
   * {@link statistics}, by the kernel or pixel by pixel.
   *
   * @param region  within the frame
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  measureRegion(region: PixelRegion): RegionStatistics;
  /**
   * Add the pixels of each ring, by the same rules as {@link measureRegion}.
   *
   * @param map  of the pixels of the frame; a map that is used for many frames is prepared only once
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  measureRings(map: RingMap): RingTotals;
  /**
   * Count the pixels with status 0 that are above a threshold, which is converted to float32; in a raw frame,
   * all words except 0xFFFF. Like {@link statistics}, a borrowed frame is counted by the kernel, a frame that
   * the caller owns pixel by pixel.
   *
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  countAbove(threshold: number): number;
  /**
   * Count the pixels of the event's words by gain stage. Masked and missing pixels are left out. Pixels
   * without constants are counted, because the detector must be protected even without constants.
   *
   * @param marginAdu  distance from the end of G2 that counts as near, 0 to 16383
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}; also for a calibrated frame that the caller
   *   owns, because it does not contain its words
   */
  countGainStages(marginAdu: number): GainStageCounts;
}

/** Raw words, including gain bits; 0xFFFF in gaps. */
export interface RawFrame extends Frame {
  readonly dtype: "uint16";
  readonly data: Uint16Array;
  readonly unit: "raw";
  /** Gaps, uint8, in the shape of the frame: `PIXEL_STATUS.gap` or 0; absent if there are no gaps. */
  readonly status?: Uint8Array;
}

/** Common members of calibrated frames. */
interface WithStatus extends Frame {
  readonly unit: CalibratedUnit;
  /** Value of bad pixels and gaps. */
  readonly fillValue: number;
  /** Why each pixel is bad, uint8, in the shape of the frame: a value of `PIXEL_STATUS`, 0 for a measurement. */
  readonly status: Uint8Array;
  /** Pixels in G1 at ADC value 0, the end of their range; they have a value. */
  readonly g1AtLimit: number;
  /** Whether the constants do not fit the gain setting, so that values may be wrong. */
  readonly wrongConstants: boolean;
}

/** Calibrated values; bad pixels have the fill value, NaN by default. */
export interface CalibratedFrame extends WithStatus {
  readonly dtype: "float32";
  readonly data: Float32Array;
}

/** Photons rounded to whole numbers; bad pixels have the fill value, -2147483648 by default. */
export interface RoundedFrame extends WithStatus {
  readonly dtype: "int32";
  readonly data: Int32Array;
  readonly unit: "photons";
}

/** Value of a `Jungfrau1MZmq`; the configuration selects one of the three. */
export type DetectorFrame = RawFrame | CalibratedFrame | RoundedFrame;
