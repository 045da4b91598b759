/** Constants files, the calibrator and its kernels, and why a pixel is bad. */
export {
  type CalibratedCounts,
  type CalibratedUnit,
  Calibrator,
} from "./calibrator.js";
export {
  CONSTANTS_STAGES,
  type ConstantsFile,
  type ConstantsFiles,
  type ConstantsNotes,
  type ConstantsSink,
  type ConstantsStage,
  READ_CONSTANTS,
  type ReadConstants,
} from "./constants.js";
export {
  CREATE_KERNEL,
  type CreateKernel,
  KERNEL_VARIABLE,
  type Kernel,
  kernelCreator,
} from "./kernel/index.js";
export { measurePixels, type PixelStatistics } from "./pixel-statistics.js";
export {
  type BadPixelCounts,
  type BadPixelReason,
  noBadPixels,
  PIXEL_STATUS,
} from "./pixel-status.js";
export { readConstants } from "./read-constants.js";
export {
  TYPICAL_GAINS,
  TYPICAL_PEDESTALS,
  USUAL_GAINS,
  USUAL_MISSING_SHARE,
  USUAL_PEDESTALS,
} from "./usual-constants.js";
