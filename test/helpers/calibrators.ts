import {
  Calibrator,
  type CalibratorOptions,
  type ConstantsSink,
  type ConstantsStage,
  type Kernel,
  kernelCreator,
  type ReadConstants,
} from "../../src/calibration/index.js";
import { DETECTOR_PIXELS, MODULE_COUNT, MODULE_PIXELS } from "../../src/detector.js";

/** Photons of 8 keV; bad pixels are NaN. */
export const PHOTONS: CalibratorOptions = {
  unit: "photons",
  photonEnergyKeV: 8,
  fillValue: Number.NaN,
  rounded: false,
};

export const KERNEL_PATHS = ["simd", "scalar"] as const;

const kernels = new Map<string, Promise<Kernel>>();

/** A calibrator on the kernel that is asked for, and no other. One at a time on a path: they share its memory. */
export async function aCalibrator(
  path: "simd" | "scalar",
  constants: CalibrationConstants = flatConstants(),
  options: Partial<CalibratorOptions> = {},
): Promise<CalibratorUnderTest> {
  const kernel =
    kernels.get(path) ??
    kernelCreator(path)(() => {
      throw new Error("another kernel than was asked for");
    });
  kernels.set(path, kernel);
  const calibrator = new Calibrator(await kernel, { ...PHOTONS, ...options });
  giveConstants(constants, calibrator);
  calibrator.finishConstants();
  return new CalibratorUnderTest(calibrator);
}

/** A calibrator with the words of a whole frame beside it. */
class CalibratorUnderTest {
  readonly raw = new Uint16Array(DETECTOR_PIXELS);
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

  calibrate(highGain: readonly boolean[]) {
    return this.#calibrator.calibrate([{ raw: new Uint8Array(this.raw.buffer), firstRow: 0 }], highGain);
  }
}

/** Pedestals and gains of the whole detector, planar: the value of stage g and pixel i stands at g × 1024² + i. */
export interface CalibrationConstants {
  /** ADC values in ADU, [3, 1024, 1024]. */
  readonly pedestals: Float32Array;
  /** ADU/keV, [3, 1024, 1024]. */
  readonly gains: Float64Array;
  /** Those of G0 in high gain, [1024, 1024]. */
  readonly highGain?: { readonly pedestals: Float32Array; readonly gains: Float64Array } | undefined;
  /** Pixels to leave out: 1. */
  readonly masked?: Uint8Array | undefined;
}

const STAGES: readonly ConstantsStage[] = ["g0", "g1", "g2"];

export function giveConstants(
  { pedestals, gains, highGain, masked }: CalibrationConstants,
  to: ConstantsSink,
) {
  for (let module = 0; module < MODULE_COUNT; module++) {
    const part = <T extends Float32Array | Float64Array | Uint8Array>(planar: T, stage: number) => {
      const start = stage * DETECTOR_PIXELS + module * MODULE_PIXELS;
      return planar.subarray(start, start + MODULE_PIXELS);
    };
    for (const [index, stage] of STAGES.entries()) {
      to.setPedestals(module, stage, part(pedestals, index));
      to.setGains(module, stage, part(gains, index));
    }
    if (highGain !== undefined) {
      to.setPedestals(module, "hg0", part(highGain.pedestals, 0));
      to.setGains(module, "hg0", part(highGain.gains, 0));
    }
    if (masked !== undefined) to.addMask(module, part(masked, 0));
  }
}

/** What stands in for the constants files. */
export function constantsInMemory(constants: CalibrationConstants): ReadConstants {
  return async (_files, to) => giveConstants(constants, to);
}

/** Collects what readers give, as it is. */
export class CollectedConstants implements ConstantsSink {
  readonly pedestals = new Float32Array(3 * DETECTOR_PIXELS).fill(Number.NaN);
  readonly gains = new Float64Array(3 * DETECTOR_PIXELS).fill(Number.NaN);
  readonly highGain = {
    pedestals: new Float32Array(DETECTOR_PIXELS).fill(Number.NaN),
    gains: new Float64Array(DETECTOR_PIXELS).fill(Number.NaN),
  };
  readonly masked = new Uint8Array(DETECTOR_PIXELS);

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
  return Math.max(STAGES.indexOf(stage), 0) * DETECTOR_PIXELS + moduleIndex * MODULE_PIXELS;
}

/** Constants to compute with in the head: G0 2500 ADU and 40 ADU/keV, G1 13500 and -1.5, G2 14000 and -0.125. */
export function flatConstants(): CalibrationConstants {
  const constants = {
    pedestals: new Float32Array(3 * DETECTOR_PIXELS),
    gains: new Float64Array(3 * DETECTOR_PIXELS),
  };
  for (const [stage, [pedestal, gain]] of FLAT_STAGES.entries()) {
    constants.pedestals.fill(pedestal, stage * DETECTOR_PIXELS, (stage + 1) * DETECTOR_PIXELS);
    constants.gains.fill(gain, stage * DETECTOR_PIXELS, (stage + 1) * DETECTOR_PIXELS);
  }
  return constants;
}

const FLAT_STAGES = [
  [2500, 40],
  [13500, -1.5],
  [14000, -0.125],
] as const;

/** Constants of high gain to compute with in the head: 2000 ADU and 100 ADU/keV. */
export function flatHighGain() {
  return {
    pedestals: new Float32Array(DETECTOR_PIXELS).fill(2000),
    gains: new Float64Array(DETECTOR_PIXELS).fill(100),
  };
}
