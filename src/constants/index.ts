/** Files of constants: every format that is read and written, and what is unusual in one. */
export {
  CONSTANTS_STAGES,
  type ConstantsFile,
  type ConstantsFiles,
  type ConstantsNotes,
  type ConstantsSink,
  type ConstantsStage,
  isUsableGain,
  READ_CONSTANTS,
  type ReadConstants,
} from "./constants.js";
export { writeHdf5 } from "./hdf5.js";
export { PEDESTAL_KINDS } from "./pedestal-kind.js";
export { constantsReader } from "./read-constants.js";
export {
  TYPICAL_GAINS,
  TYPICAL_PEDESTALS,
  USUAL_GAINS,
  USUAL_MISSING_SHARE,
  USUAL_PEDESTALS,
} from "./usual-constants.js";
