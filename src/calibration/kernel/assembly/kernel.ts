/*
 * The calibration of a JUNGFRAU 1M frame in AssemblyScript, 16 pixels a step. Build: npm run generate.
 *
 * It gives, bit for bit, what scalar-kernel.ts gives. Pixels are done in blocks of 16 and bands of 32 rows, by bands.ts,
 * blocks.ts and status.ts:
 *
 * - Nearly all pixels are in G0, where word and ADC value are the same: `sparseRow` takes every pixel for one, and
 *   notes, without a branch, which blocks hold others. `patch` then puts those of one other stage right, `blend` does
 *   the rest again with the constants of all stages.
 * - Where many blocks hold others, `denseBand` blends every block at once.
 * - `judge` says why pixels of a block are bad. Blocks of good pixels never come there.
 *
 * The status plane persists: it holds what is known of the pixels in G0, and blocks that differed in the frame before
 * are set back. So a typical frame writes hardly any of it.
 */

export { calibrate, calibrateAndCount } from "./bands";
export { countFloatsAbove, countGainStages, countIntegersAbove } from "./count";
export {
  BASE_STATUS,
  BASE_STATUS_STRIDE,
  COUNTS,
  FILE_PEDESTALS,
  MEASURED,
  PEDESTALS,
  PEDESTALS_STRIDE,
  RAW,
  RECIPROCALS,
  RECIPROCALS_STRIDE,
  RING_BAD_PIXELS,
  RING_CLASSES,
  RING_SUMS,
  STATUS,
  TRACKING_STRIDE,
  VALUES,
  WINDOWS,
} from "./layout";
export { measureFloats, measureIntegers, measureWords } from "./measure";
export { addFloatRings, addIntegerRings } from "./rings";
export { round } from "./round";
export { forgetStatus } from "./status";
export { learn, track } from "./track";
