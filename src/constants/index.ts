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
export { constantsReader } from "./constants-reader.js";
export {
  type FileAttributes,
  type PedestalMaps,
  writeOmPedestals,
  writePsiPedestals,
} from "./pedestal-files.js";
export {
  TYPICAL_GAINS,
  TYPICAL_PEDESTALS,
  USUAL_GAINS,
  USUAL_MISSING_SHARE,
  USUAL_NOISE,
  USUAL_PEDESTALS,
} from "./usual-constants.js";
export { writeWholeFile } from "./whole-file.js";
