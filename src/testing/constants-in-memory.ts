import { CONSTANTS_STAGES, type ConstantsSink, type ReadConstants } from "../constants/index.js";
import { type DetectorLayout, GAIN_STAGES, JUNGFRAU_1M, MODULE_PIXELS } from "../detector.js";

/** Pedestals and gains of the whole detector, planar: the value of stage g and pixel i is at index g × pixels + i. */
export interface DetectorConstants {
  /** ADC values in ADU, [3, rows, columns]. */
  readonly pedestals: Float32Array;
  /** ADU/keV, [3, rows, columns]. */
  readonly gains: Float64Array;
  /** Constants of G0 in high gain, [rows, columns]. */
  readonly highGain?: { readonly pedestals: Float32Array; readonly gains: Float64Array } | undefined;
  /** 1 for pixels to mask. */
  readonly masked?: Uint8Array | undefined;
}

/** Replaces constants files: register it under `READ_CONSTANTS`. */
export function constantsInMemory(constants: DetectorConstants, layout = JUNGFRAU_1M): ReadConstants {
  return async (_files, to) => giveConstants(constants, to, layout);
}

/** Pass constants on map by map, as the readers of files do. */
export function giveConstants(
  { pedestals, gains, highGain, masked }: DetectorConstants,
  to: ConstantsSink,
  { places, pixels }: DetectorLayout = JUNGFRAU_1M,
): void {
  for (const { moduleIndex: module, firstPixel } of places) {
    const part = <T extends Float32Array | Float64Array | Uint8Array>(planar: T, stage: number) => {
      const start = stage * pixels + firstPixel;
      return planar.subarray(start, start + MODULE_PIXELS);
    };
    for (const [index, stage] of CONSTANTS_STAGES.slice(0, GAIN_STAGES).entries()) {
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

const FLAT_STAGES = [
  [2500, 40],
  [13500, -1.5],
  [14000, -0.125],
] as const;

/** Constants for mental arithmetic: G0 2500 ADU and 40 ADU/keV, G1 13500 and -1.5, G2 14000 and -0.125. */
export function flatConstants({ pixels }: DetectorLayout = JUNGFRAU_1M): DetectorConstants {
  const constants = {
    pedestals: new Float32Array(3 * pixels),
    gains: new Float64Array(3 * pixels),
  };
  for (const [stage, [pedestal, gain]] of FLAT_STAGES.entries()) {
    constants.pedestals.fill(pedestal, stage * pixels, (stage + 1) * pixels);
    constants.gains.fill(gain, stage * pixels, (stage + 1) * pixels);
  }
  return constants;
}
