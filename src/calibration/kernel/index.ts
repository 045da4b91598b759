/** The calibration's memory and inner loops, with SIMD and without. */
export { CREATE_KERNEL, type CreateKernel, KERNEL_VARIABLE, kernelCreator } from "./create-kernel.js";
export { type ConstantsPlanes, type Kernel, PLANE_OF_STAGE } from "./kernel.js";
