import type { CalibratorOptions } from "../../src/calibration/calibrator.js";
import {
  Calibrator,
  type CreateKernel,
  type Kernel,
  kernelCreator,
  type PixelRegion,
  type RingMap,
} from "../../src/calibration/index.js";
import { CONSTANTS_STAGES, type ConstantsSink, type ConstantsStage } from "../../src/constants/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { giveConstants } from "../../src/testing/constants-in-memory.js";
import { type DetectorConstants as CalibrationConstants, flatConstants } from "../../src/testing/index.js";

export { giveConstants } from "../../src/testing/constants-in-memory.js";
export {
  constantsInMemory,
  type DetectorConstants as CalibrationConstants,
  flatConstants,
} from "../../src/testing/index.js";

/** Photons of 8 keV; bad pixels are NaN. */
export const PHOTONS: CalibratorOptions = {
  unit: "photons",
  photonEnergyKeV: 8,
  fillValue: Number.NaN,
  rounded: false,
};

export const KERNEL_PATHS = ["simd", "scalar"] as const;

const kernels = new Map<string, Promise<Kernel>>();

/** The requested kernel, one per path, because its memory is large: for one calibrator at a time. */
export function kernelOf(path: "simd" | "scalar"): Promise<Kernel> {
  const kernel =
    kernels.get(path) ??
    kernelCreator(
      JUNGFRAU_1M,
      path,
    )(() => {
      throw new Error("another kernel than was asked for");
    });
  kernels.set(path, kernel);
  return kernel;
}

/** Instead of a new kernel for each source, in tests that have one source at a time. */
export const sharedKernel: CreateKernel = () => kernelOf("simd");

/** A calibrator on the kernel that is asked for, and no other. One at a time on a path: they share its memory. */
export async function aCalibrator(
  path: "simd" | "scalar",
  constants: CalibrationConstants = flatConstants(),
  options: Partial<CalibratorOptions> = {},
): Promise<CalibratorUnderTest> {
  const calibrator = new Calibrator(await kernelOf(path), { ...PHOTONS, ...options });
  giveConstants(constants, calibrator);
  calibrator.finishConstants();
  return new CalibratorUnderTest(calibrator);
}

/** A calibrator with the words of a whole frame beside it. */
class CalibratorUnderTest {
  readonly raw = new Uint16Array(JUNGFRAU_1M.pixels);
  readonly #calibrator: Calibrator;

  constructor(calibrator: Calibrator) {
    this.#calibrator = calibrator;
  }

  get values() {
    return this.#calibrator.values;
  }

  get status() {
    return this.#calibrator.status;
  }

  hasConstants(moduleIndex: number, stage: ConstantsStage): boolean {
    return this.#calibrator.hasConstants(moduleIndex, stage);
  }

  calibrate(highGain: readonly boolean[], tracked: readonly boolean[] = []) {
    return this.#calibrator.calibrate(
      [{ raw: new Uint8Array(this.raw.buffer), firstRow: 0 }],
      highGain,
      tracked,
    );
  }

  drift() {
    return this.#calibrator.drift();
  }

  resetTracking(): void {
    this.#calibrator.resetTracking();
  }

  measure() {
    return this.#calibrator.measure();
  }

  measureRegion(region: PixelRegion) {
    return this.#calibrator.measureRegion(region);
  }

  measureRings(map: RingMap) {
    return this.#calibrator.measureRings(map);
  }

  countAbove(threshold: number) {
    return this.#calibrator.countAbove(threshold);
  }

  countGainStages(marginAdu: number) {
    return this.#calibrator.countGainStages(marginAdu);
  }
}

/** Collects what readers give, as it is. */
export class CollectedConstants implements ConstantsSink {
  readonly pedestals = new Float32Array(3 * JUNGFRAU_1M.pixels).fill(Number.NaN);
  readonly gains = new Float64Array(3 * JUNGFRAU_1M.pixels).fill(Number.NaN);
  readonly highGain = {
    pedestals: new Float32Array(JUNGFRAU_1M.pixels).fill(Number.NaN),
    gains: new Float64Array(JUNGFRAU_1M.pixels).fill(Number.NaN),
  };
  readonly masked = new Uint8Array(JUNGFRAU_1M.pixels);

  setPedestals(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    const to = stage === "hg0" ? this.highGain.pedestals : this.pedestals;
    to.set(map, place(moduleIndex, stage));
  }

  setGains(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    const to = stage === "hg0" ? this.highGain.gains : this.gains;
    to.set(map, place(moduleIndex, stage));
  }

  addMask(moduleIndex: number, map: ArrayLike<number>): void {
    const to = this.masked.subarray(moduleIndex * MODULE_PIXELS, (moduleIndex + 1) * MODULE_PIXELS);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) if (map[pixel] !== 0) to[pixel] = 1;
  }
}

function place(moduleIndex: number, stage: ConstantsStage): number {
  const map = stage === "hg0" ? 0 : CONSTANTS_STAGES.indexOf(stage);
  return map * JUNGFRAU_1M.pixels + moduleIndex * MODULE_PIXELS;
}

/** Constants of high gain to compute with in the head: 2000 ADU and 100 ADU/keV. */
export function flatHighGain() {
  return {
    pedestals: new Float32Array(JUNGFRAU_1M.pixels).fill(2000),
    gains: new Float64Array(JUNGFRAU_1M.pixels).fill(100),
  };
}
