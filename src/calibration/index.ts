/** The arithmetic: calibrator and kernels, statistics of pixels, and why a pixel is bad. */
export {
  type CalibratedCounts,
  type CalibratedUnit,
  Calibrator,
} from "./calibrator.js";
export {
  CREATE_KERNEL,
  type CreateKernel,
  KERNEL_VARIABLE,
  type Kernel,
  kernelCreator,
} from "./kernel/index.js";
export { countAbove, countGainStages, type GainStageCounts } from "./pixel-counts.js";
export { measureRegion, type RegionStatistics } from "./pixel-region.js";
export { measureRings } from "./pixel-rings.js";
export { measurePixels, type PixelStatistics } from "./pixel-statistics.js";
export {
  type BadPixelCounts,
  type BadPixelReason,
  noBadPixels,
  PIXEL_STATUS,
} from "./pixel-status.js";
export type { PixelRange, PixelRegion } from "./pixel-totals.js";
export { RingMap, type RingTotals } from "./ring-map.js";
