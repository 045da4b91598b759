import { SimdReadings, SimdSums } from "./dark-kernel.js";
import type { DarkSums, Readings } from "./dark-sums.js";
import { ScalarReadings, ScalarSums } from "./scalar-darks.js";

export { type DarkSums, LEARNING_FRAMES, type Readings, SUMMED_FRAMES } from "./dark-sums.js";

/** Makes the sums of one stage of one port. */
export interface DarkKernel {
  readings(pixels: number): Readings;
  sums(pixels: number): DarkSums;
}

export const SIMD_DARKS: DarkKernel = {
  readings: (pixels) => new SimdReadings(pixels),
  sums: (pixels) => new SimdSums(pixels),
};

export const SCALAR_DARKS: DarkKernel = {
  readings: (pixels) => new ScalarReadings(pixels),
  sums: (pixels) => new ScalarSums(pixels),
};

/** With SIMD if the machine supports it. */
export function fastestDarks(): DarkKernel {
  try {
    SIMD_DARKS.sums(0);
    return SIMD_DARKS;
  } catch {
    return SCALAR_DARKS;
  }
}
