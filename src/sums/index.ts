/** Sum and maximum of frames, pixel by pixel. */
export { PartialSums, type ReadSums } from "./partial-sums.js";
export { createSums } from "./simd-sums.js";
