import type { ConstantsStage } from "../../constants/index.js";
import type { DetectorLayout } from "../../detector.js";
import type { GainStageCounts } from "../pixel-counts.js";
import type { RegionStatistics } from "../pixel-region.js";
import type { PixelStatistics } from "../pixel-statistics.js";
import type { PixelRegion } from "../pixel-totals.js";
import type { RingMap, RingTotals } from "../ring-map.js";

/**
 * The memory and the loops of calibration. Pixels stand in the order of the detector frame, [rows, columns]. All arrays
 * are the kernel's own; whoever holds one sees what the next frame makes of it.
 */
export interface Kernel {
  readonly path: KernelPath;
  /** The detector that its memory is for. */
  readonly layout: DetectorLayout;
  /** Words with gain bits, uint16, [rows, columns], as bytes: written before {@link calibrate}. */
  readonly raw: Uint8Array;
  /** Calibrated values. */
  readonly values: Float32Array;
  /** The same memory once {@link round} has been through it. */
  readonly roundedValues: Int32Array;
  /** One `PIXEL_STATUS` a pixel. */
  readonly status: Uint8Array;
  /** ADU, of each {@link ConstantsStage}; NaN where a pixel has no constants. Written before the first frame. */
  readonly pedestals: ConstantsPlanes;
  /** Unit per ADU, likewise. */
  readonly reciprocals: ConstantsPlanes;
  /** For tracking: the pedestals of the files in G0 and HG0, in ADU. Written before the first {@link track}. */
  readonly filePedestals: TrackingPlanes;
  /** Likewise, 1 / (how far a word may be from the pedestal)², in 1/ADU². */
  readonly windows: TrackingPlanes;
  /** What the status of a pixel in G0 is, with the constants of G0, and with those of HG0. */
  readonly baseStatus: readonly [g0: Uint8Array, hg0: Uint8Array];
  /**
   * What {@link calibrate} counts, added up until it is set to 0: for each `PIXEL_STATUS`, how many more pixels have it
   * than in the base status; in place of the good ones, good pixels in G1 at ADC value 0.
   */
  readonly counts: Int32Array;

  /**
   * Calibrate some rows: `value = (adc − pedestal[stage]) × reciprocal[stage]`, both operations rounded to float32.
   *
   * @param rows      a multiple of 32, as is `firstRow`
   * @param highGain  whether G0 has the constants of HG0
   * @param fill      what bad pixels hold; those that are bad in G0 for their constants may hold NaN instead
   * @param threshold  used as float32, to count the good pixels above it at the same time
   * @returns         how many these are; 0 without a threshold
   */
  calibrate(firstRow: number, rows: number, highGain: boolean, fill: number, threshold?: number): number;

  /**
   * Move the pedestals of G0 towards the words of some rows, as far as these are in G0:
   * `pedestal += gain × d × max(0, 1 − d² × window)²` with `d = word − pedestal`, each operation rounded to float32. A pedestal
   * that is NaN stays so.
   *
   * @param highGain  whether G0 is HG0, with its own pedestals
   * @param limit     how far, in ADU, pedestals may be from those of the files
   */
  track(firstRow: number, rows: number, highGain: boolean, gain: number, limit: number): void;

  /**
   * Find the spread of the words of some rows, as far as these are in G0: of each pixel the median, in the place of
   * {@link filePedestals}, and the median distance from it, in the place of {@link windows}, in ADU. The distance grows by a
   * share of itself when a word is further away, and shrinks by as much when it is not; the median moves as far towards the
   * word. Photons hardly change medians.
   *
   * @param step  the share
   */
  learn(firstRow: number, rows: number, highGain: boolean, step: number): void;

  /** The status plane is to be written anew: the base status of these rows, or which of the two counts, has changed. */
  forgetStatus(firstRow: number, rows: number): void;

  /**
   * Round all values to the nearest whole numbers, halves to even, in place. What int32 cannot hold becomes its limit.
   *
   * @param fill  what bad pixels hold
   */
  round(fill: number): void;

  /** Measure the good pixels of {@link values}, or of {@link roundedValues}; always of the frame calibrated last. */
  measure(rounded: boolean): PixelStatistics;

  /** Measure all words in {@link raw}, with their gain bits. */
  measureWords(): PixelStatistics;

  /** Count the good pixels of {@link values}, or of {@link roundedValues}, above a threshold; of the frame calibrated last. */
  countAbove(threshold: number, rounded: boolean): number;

  /** Measure the good pixels of a region, which is not empty, likewise. */
  measureRegion(region: PixelRegion, rounded: boolean): RegionStatistics;

  /** Add the good pixels of each ring, likewise. @param map  of the detector's pixels */
  measureRings(map: RingMap, rounded: boolean): RingTotals;

  /** Count the words of the frame calibrated last by their gain stage. @param marginAdu  0 to 16383 */
  countGainStages(marginAdu: number): GainStageCounts;
}

export type KernelPath = "simd" | "scalar";

/** Which plane holds a stage's constants in {@link Kernel.pedestals} and {@link Kernel.reciprocals}. */
export const PLANE_OF_STAGE = { g0: 0, g1: 1, g2: 2, hg0: 3 } as const satisfies Record<
  ConstantsStage,
  number
>;

/** Planes of G0 in both gain settings. */
export type TrackingPlanes = readonly [g0: Float32Array, hg0: Float32Array];

export type ConstantsPlanes = readonly [
  g0: Float32Array,
  g1: Float32Array,
  g2: Float32Array,
  hg0: Float32Array,
];
