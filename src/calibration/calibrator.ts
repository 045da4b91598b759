import { type ConstantsSink, type ConstantsStage, isUsableGain } from "../constants/index.js";
import {
  ADC_MASK,
  BYTES_PER_WORD,
  type DetectorLayout,
  MODULE_COLUMNS,
  MODULE_PIXELS,
  MODULE_ROWS,
  type ModulePlace,
} from "../detector.js";
import { type ConstantsPlanes, type Kernel, PLANE_OF_STAGE } from "./kernel/index.js";
import { type PedestalDrift, PedestalTracking } from "./pedestal-tracking.js";
import type { GainStageCounts } from "./pixel-counts.js";
import type { RegionStatistics } from "./pixel-region.js";
import type { PixelStatistics } from "./pixel-statistics.js";
import { BAD_PIXEL_REASONS, type BadPixelCounts, noBadPixels, PIXEL_STATUS } from "./pixel-status.js";
import type { PixelRegion } from "./pixel-totals.js";
import type { RingMap, RingTotals } from "./ring-map.js";
import { type StageSummary, stageSummary } from "./stage-summary.js";

/** Unit of calibrated pixels: photons of one energy, deposited energy in keV, or ADU with the pedestal subtracted. */
export type CalibratedUnit = "photons" | "keV" | "adu";

export interface CalibratorOptions {
  readonly unit: CalibratedUnit;
  /** For photons; not used for other units. */
  readonly photonEnergyKeV: number;
  /** What bad pixels hold: NaN, or a number; a whole one of int32 if values are rounded. */
  readonly fillValue: number;
  /** Round values to whole numbers. */
  readonly rounded: boolean;
  /** Pedestals of G0 and HG0 follow the frames, so far from those of the files, in ADU; undefined: they do not. */
  readonly trackingLimitAdu?: number | undefined;
}

/** Words of some rows of the detector. */
export interface RawRows {
  /** Words with gain bits, uint16 little-endian, [rows, 1024]; may start at an odd address. Borrowed. */
  readonly raw: Uint8Array;
  readonly firstRow: number;
}

const ROW_BYTES = MODULE_COLUMNS * BYTES_PER_WORD;

/** What calibration found in a frame. */
export interface CalibratedCounts {
  readonly badPixels: BadPixelCounts;
  /** Pixels in G1 at ADC value 0, the end of its range. They hold a value. */
  readonly g1AtLimit: number;
}

/** Whose constants serve in G0. */
type GainSetting = "g0" | "hg0";

/**
 * Calibrates one frame after the other, in memory that it owns.
 *
 * First it is given constants, as a {@link ConstantsSink}. They are put into their final form at once, so that no second
 * copy of them is ever held.
 */
export class Calibrator implements ConstantsSink {
  readonly #kernel: Kernel;
  readonly #options: CalibratorOptions;
  /** keV per unit; undefined for ADU, where gains are not applied. */
  readonly #keVPerUnit: number | undefined;
  #isHighGainGiven = false;
  /** Undefined until there are constants. */
  #base: readonly Readonly<Record<GainSetting, BaseStatus>>[] | undefined;
  #stages: readonly Readonly<Record<ConstantsStage, boolean>>[] = [];
  /** What each module's status plane was made for; undefined before the first frame. */
  readonly #settings: (GainSetting | undefined)[];
  readonly #tracking: PedestalTracking | undefined;
  /** What was asked of the newest frame last. */
  #askedThreshold: number | undefined;
  /** What was counted while it was calibrated. */
  #counted: { readonly threshold: number; readonly pixels: number } | undefined;
  /** There if pedestals follow the frames: otherwise files need not be read for it. */
  readonly setNoise?: NonNullable<ConstantsSink["setNoise"]>;

  /** @param kernel  one that nobody else uses */
  constructor(kernel: Kernel, options: CalibratorOptions) {
    this.#kernel = kernel;
    this.#settings = new Array<GainSetting | undefined>(kernel.layout.modules).fill(undefined);
    this.#options = options;
    this.#keVPerUnit = { photons: options.photonEnergyKeV, keV: 1, adu: undefined }[options.unit];
    this.#clear("g0");
    this.#clear("g1");
    this.#clear("g2");
    for (const plane of kernel.baseStatus) plane.fill(PIXEL_STATUS.good);
    const limitAdu = options.trackingLimitAdu;
    if (limitAdu === undefined) return;
    const tracking = new PedestalTracking(kernel, limitAdu);
    this.#tracking = tracking;
    this.setNoise = (moduleIndex, stage, map) => {
      if (stage === "g0" || stage === "hg0") tracking.setNoise(this.#placeOf(moduleIndex), stage, map);
    };
  }

  /** The detector whose frames it calibrates. */
  get layout(): DetectorLayout {
    return this.#kernel.layout;
  }

  /** @returns the module's part of a plane of the detector */
  #moduleOf<T extends Float32Array | Uint8Array>(plane: T, moduleIndex: number): T {
    const { firstPixel } = this.#placeOf(moduleIndex);
    return plane.subarray(firstPixel, firstPixel + MODULE_PIXELS) as T;
  }

  #placeOf(moduleIndex: number): ModulePlace {
    return this.layout.places[moduleIndex] as ModulePlace;
  }

  /**
   * Forget what may stand in the kernel. The planes of HG0 are left alone until they are needed. ADU need no gains; a
   * pixel that is known to have none is bad all the same.
   */
  #clear(stage: ConstantsStage): void {
    this.#kernel.pedestals[PLANE_OF_STAGE[stage]].fill(Number.NaN);
    this.#kernel.reciprocals[PLANE_OF_STAGE[stage]].fill(this.#options.unit === "adu" ? 1 : Number.NaN);
  }

  /** @returns the module's part of a stage's plane, to be written to */
  #plane(planes: ConstantsPlanes, moduleIndex: number, stage: ConstantsStage): Float32Array {
    if (stage === "hg0" && !this.#isHighGainGiven) {
      this.#isHighGainGiven = true;
      this.#clear(stage);
    }
    return this.#moduleOf(planes[PLANE_OF_STAGE[stage]], moduleIndex);
  }

  setPedestals(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    const to = this.#plane(this.#kernel.pedestals, moduleIndex, stage);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      const pedestal = map[pixel] as number;
      to[pixel] = pedestal >= 0 && pedestal <= ADC_MASK ? pedestal : Number.NaN;
    }
  }

  setGains(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    const keVPerUnit = this.#keVPerUnit;
    const to = this.#plane(this.#kernel.reciprocals, moduleIndex, stage);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      const gain = map[pixel] as number;
      const reciprocal = Math.fround(keVPerUnit === undefined ? 1 : 1 / (gain * keVPerUnit));
      to[pixel] = isUsableGain(gain) && Number.isFinite(reciprocal) ? reciprocal : Number.NaN;
    }
  }

  addMask(moduleIndex: number, map: ArrayLike<number>): void {
    for (const plane of this.#kernel.baseStatus) {
      const to = this.#moduleOf(plane, moduleIndex);
      for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
        if (map[pixel] !== 0) to[pixel] = PIXEL_STATUS.masked;
      }
    }
  }

  /** All constants have been given. Before, there is nothing to calibrate with. */
  finishConstants(): void {
    const { pedestals, reciprocals, baseStatus } = this.#kernel;
    const { places } = this.layout;
    const complete = (moduleIndex: number, stage: ConstantsStage) =>
      completeStage(
        this.#moduleOf(pedestals[PLANE_OF_STAGE[stage]], moduleIndex),
        this.#moduleOf(reciprocals[PLANE_OF_STAGE[stage]], moduleIndex),
        this.#moduleOf(baseStatus[stage === "hg0" ? 1 : 0], moduleIndex),
      );
    this.#stages = places.map(({ moduleIndex }) => ({
      g0: complete(moduleIndex, "g0"),
      g1: complete(moduleIndex, "g1"),
      g2: complete(moduleIndex, "g2"),
      hg0: this.#isHighGainGiven && complete(moduleIndex, "hg0"),
    }));
    this.#base = places.map((place) => {
      const g0 = completeBaseStatus(baseStatus[0], pedestals[PLANE_OF_STAGE.g0], place);
      if (!this.hasConstants(place.moduleIndex, "hg0")) return { g0, hg0: g0 };
      return { g0, hg0: completeBaseStatus(baseStatus[1], pedestals[PLANE_OF_STAGE.hg0], place) };
    });
    this.#tracking?.start();
  }

  /**
   * Count and average the constants of a module in a stage. Made anew at each call, also before they are finished.
   *
   * @returns undefined for HG0 without constants
   */
  summarize(moduleIndex: number, stage: ConstantsStage): StageSummary | undefined {
    if (stage === "hg0" && !this.#isHighGainGiven) return undefined;
    const { pedestals, reciprocals, baseStatus } = this.#kernel;
    return stageSummary(
      this.#moduleOf(pedestals[PLANE_OF_STAGE[stage]], moduleIndex),
      this.#moduleOf(reciprocals[PLANE_OF_STAGE[stage]], moduleIndex),
      this.#moduleOf(baseStatus[stage === "hg0" ? 1 : 0], moduleIndex),
      this.#keVPerUnit,
    );
  }

  /** Whether any pixel of a module has constants in a stage. */
  hasConstants(moduleIndex: number, stage: ConstantsStage): boolean {
    return this.#stages[moduleIndex]?.[stage] ?? false;
  }

  /** The newest frame's values, [rows, columns]; borrowed, and overwritten by the next frame. Int32 if they are rounded. */
  get values(): Float32Array | Int32Array {
    return this.#options.rounded ? this.#kernel.roundedValues : this.#kernel.values;
  }

  /** The newest frame's pixel status, uint8, [rows, columns]; borrowed, and overwritten by the next frame. */
  get status(): Uint8Array {
    return this.#kernel.status;
  }

  /** Measure the good pixels of the newest frame. */
  measure(): PixelStatistics {
    return this.#kernel.measure(this.#options.rounded);
  }

  /**
   * Count the good pixels of the newest frame above a threshold, which is used as float32. Whoever asks this of a frame will ask it
   * of the next, too: so that is counted while it is calibrated, and then costs half as much.
   */
  countAbove(threshold: number): number {
    this.#askedThreshold = threshold;
    if (this.#counted?.threshold === threshold) return this.#counted.pixels;
    return this.#kernel.countAbove(threshold, this.#options.rounded);
  }

  /** Measure the good pixels of a region of the newest frame, in rows and columns of the detector. */
  measureRegion(region: PixelRegion): RegionStatistics {
    return this.#kernel.measureRegion(region, this.#options.rounded);
  }

  /** Add the good pixels of each ring of the newest frame. @param map  of the detector's pixels, [rows, columns] */
  measureRings(map: RingMap): RingTotals {
    return this.#kernel.measureRings(map, this.#options.rounded);
  }

  /** Count the pixels of the newest frame by their gain stage. @param marginAdu  0 to 16383 */
  countGainStages(marginAdu: number): GainStageCounts {
    return this.#kernel.countGainStages(marginAdu);
  }

  /**
   * Calibrate a frame to {@link values} and {@link status}.
   *
   * @param parts     its words, all of them
   * @param highGain  by module, whether it was in high gain; where there are no constants for that, those of G0 are used
   * @param tracked   by module, whether its pedestals may follow this frame; they are used from the next one on
   */
  calibrate(
    parts: readonly RawRows[],
    highGain: readonly boolean[],
    tracked: readonly boolean[] = [],
  ): CalibratedCounts {
    if (this.#base === undefined) throw new Error("finishConstants() comes before calibrate()");
    const kernel = this.#kernel;
    const { fillValue, rounded } = this.#options;
    kernel.counts.fill(0);
    for (const { raw, firstRow } of parts) kernel.raw.set(raw, firstRow * ROW_BYTES);
    // Rounded values are counted once they are rounded.
    const threshold = rounded ? undefined : this.#askedThreshold;
    this.#askedThreshold = undefined;
    let pixelsAbove = 0;
    const settings = highGain.map((isHigh, moduleIndex) => {
      const setting = this.#set(moduleIndex, isHigh);
      const { firstRow } = this.#placeOf(moduleIndex);
      pixelsAbove += kernel.calibrate(firstRow, MODULE_ROWS, setting === "hg0", fillValue, threshold);
      if (tracked[moduleIndex]) this.#tracking?.follow(this.#placeOf(moduleIndex), setting);
      return setting;
    });
    this.#counted = threshold === undefined ? undefined : { threshold, pixels: pixelsAbove };
    const bases = this.#base.map((base, moduleIndex) => base[settings[moduleIndex] ?? "g0"]);
    if (rounded) kernel.round(fillValue);
    // NaN comes by itself, from the constants.
    else if (!Number.isNaN(fillValue)) for (const { badPixels } of bases) this.#fill(badPixels);
    return this.#counts(bases);
  }

  /** How far the pedestals of each module are from those of the files; undefined if they do not follow the frames. */
  drift(): readonly PedestalDrift[] | undefined {
    return this.#tracking && this.layout.places.map((place) => this.#tracking?.drift(place) as PedestalDrift);
  }

  /** Go back to the pedestals of the files. */
  resetTracking(): void {
    this.#tracking?.reset();
  }

  /** @returns whose constants serve for G0 of a module in this frame */
  #set(moduleIndex: number, isHighGain: boolean): GainSetting {
    const setting = isHighGain && this.hasConstants(moduleIndex, "hg0") ? "hg0" : "g0";
    if (this.#settings[moduleIndex] !== setting) {
      this.#kernel.forgetStatus(this.#placeOf(moduleIndex).firstRow, MODULE_ROWS);
      this.#settings[moduleIndex] = setting;
    }
    return setting;
  }

  /** Write the fill value over what pixels hold that are bad in G0, and in this frame. */
  #fill(badPixels: Uint32Array): void {
    const { values, status } = this.#kernel;
    for (const pixel of badPixels) {
      if (status[pixel] !== PIXEL_STATUS.good) values[pixel] = this.#options.fillValue;
    }
  }

  #counts(bases: readonly BaseStatus[]): CalibratedCounts {
    const { counts } = this.#kernel;
    const badPixels = noBadPixels();
    for (const reason of BAD_PIXEL_REASONS) {
      badPixels[reason] = counts[PIXEL_STATUS[reason]] as number;
      for (const base of bases) badPixels[reason] += base.counts[reason];
    }
    return { badPixels, g1AtLimit: counts[PIXEL_STATUS.good] as number };
  }
}

/** What is known of a module's pixels before a frame comes: those that are bad in G0. */
interface BaseStatus {
  readonly counts: BadPixelCounts;
  readonly badPixels: Uint32Array;
}

/** A pixel that lacks one of its constants, or is masked, has none. @returns whether any has some */
function completeStage(pedestals: Float32Array, reciprocals: Float32Array, base: Uint8Array): boolean {
  let isAnyUsable = false;
  for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
    // NaN in either is NaN in the sum.
    const isUsable =
      base[pixel] !== PIXEL_STATUS.masked &&
      !Number.isNaN((pedestals[pixel] as number) + (reciprocals[pixel] as number));
    if (isUsable) {
      isAnyUsable = true;
    } else {
      pedestals[pixel] = Number.NaN;
      reciprocals[pixel] = Number.NaN;
    }
  }
  return isAnyUsable;
}

function completeBaseStatus(
  plane: Uint8Array,
  pedestals: Float32Array,
  { firstPixel: start }: ModulePlace,
): BaseStatus {
  const counts = noBadPixels();
  const badPixels = new Uint32Array(countNaN(pedestals.subarray(start, start + MODULE_PIXELS)));
  let next = 0;
  for (let pixel = start; pixel < start + MODULE_PIXELS; pixel++) {
    if (!Number.isNaN(pedestals[pixel])) continue;
    badPixels[next++] = pixel;
    if (plane[pixel] === PIXEL_STATUS.masked) {
      counts.masked += 1;
    } else {
      counts.noConstants += 1;
      plane[pixel] = PIXEL_STATUS.noConstants;
    }
  }
  return { counts, badPixels };
}

function countNaN(map: Float32Array): number {
  let count = 0;
  for (let pixel = 0; pixel < map.length; pixel++) if (Number.isNaN(map[pixel])) count++;
  return count;
}
