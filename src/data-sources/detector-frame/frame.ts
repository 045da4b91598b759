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
  /** Rows and columns: [1024, 1024] of a JUNGFRAU 1M, or more with the gaps of `<name>_geometry`. */
  readonly shape: readonly [rows: number, columns: number];
  /** Elements from one row, and from one column, to the next. */
  readonly stride: readonly [row: number, column: number];
  /** Pixels that hold no measurement, by reason. */
  readonly badPixels: Readonly<BadPixelCounts>;
  /** Whether a module lost packets, so that pixels are missing. */
  readonly incomplete: boolean;
  /**
   * Measure the pixels that have status 0, all of those in a raw frame without gaps; made when it is asked for. Copies of a
   * frame, by a spread or `structuredClone`, do not have this method.
   *
   * A borrowed frame is measured by the calibration kernel in its memory, once; a frame of the caller's own, pixel by
   * pixel as it is now.
   *
   * @throws {HostError} HOST_EVENT_CLOSED if the frame was borrowed, and the source has since made another in its place
   */
  statistics(): PixelStatistics;
  /**
   * Measure the pixels of a region with status 0; of a raw frame, all words but 0xFFFF. As {@link statistics}, by the kernel or
   * pixel by pixel.
   *
   * @param region  within the frame
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  measureRegion(region: PixelRegion): RegionStatistics;
  /**
   * Add the pixels of each ring, by the same rules as {@link measureRegion}.
   *
   * @param map  of the pixels of the frame; one that is used for frame after frame is made ready once
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  measureRings(map: RingMap): RingTotals;
  /**
   * Count the pixels with status 0 that are above a threshold, which is used as float32; of a raw frame, words but 0xFFFF.
   * As {@link statistics}, a borrowed frame is counted by the kernel, a frame of the caller's own pixel by pixel.
   *
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}
   */
  countAbove(threshold: number): number;
  /**
   * Count the pixels of the event's words by their gain stage. Masked and missing pixels are left out; those without
   * constants are not, because the detector has to be guarded without constants, too.
   *
   * @param marginAdu  how near the end of G2 counts as near, 0 to 16383
   * @throws {HostError} HOST_EVENT_CLOSED as {@link statistics}; a calibrated frame of the caller's own as well, because it
   *         does not hold its words
   */
  countGainStages(marginAdu: number): GainStageCounts;
}

/** Words as they came, gain bits included; 0xFFFF in gaps. */
export interface RawFrame extends Frame {
  readonly dtype: "uint16";
  readonly data: Uint16Array;
  readonly unit: "raw";
  /** Where the gaps are, uint8, in the shape of the frame: `PIXEL_STATUS.gap` or 0; absent if there are none. */
  readonly status?: Uint8Array;
}

/** What calibrated frames have in common. */
interface WithStatus extends Frame {
  readonly unit: CalibratedUnit;
  /** What bad pixels and gaps hold. */
  readonly fillValue: number;
  /** Why each pixel is bad, uint8, in the shape of the frame: a value of `PIXEL_STATUS`, 0 for a measurement. */
  readonly status: Uint8Array;
  /** Pixels in G1 at ADC value 0, the end of their range; they hold a value. */
  readonly g1AtLimit: number;
  /** Whether the gain setting was one that the constants do not fit, so that values may be wrong. */
  readonly wrongConstants: boolean;
}

/** Calibrated values; bad pixels hold the fill value, NaN unless it is configured. */
export interface CalibratedFrame extends WithStatus {
  readonly dtype: "float32";
  readonly data: Float32Array;
}

/** Photons rounded to whole numbers; bad pixels hold the fill value, -2147483648 unless it is configured. */
export interface RoundedFrame extends WithStatus {
  readonly dtype: "int32";
  readonly data: Int32Array;
  readonly unit: "photons";
}

/** What `Jungfrau1MZmq` gives: which of the three, the configuration says. */
export type DetectorFrame = RawFrame | CalibratedFrame | RoundedFrame;
