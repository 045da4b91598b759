/** Constants files, the formula, what makes a pixel bad. */
export {
  type CalibrationConstants,
  type ConstantsFile,
  type ConstantsFiles,
  emptyConstants,
  READ_CONSTANTS,
  type ReadConstants,
} from "./constants.js";
export {
  type BadPixelCounts,
  type CalibratedUnit,
  calibrate,
  countMissing,
  type FormulaConstants,
  formulaConstants,
  noBadPixels,
} from "./formula.js";
export { readConstants } from "./read-constants.js";
