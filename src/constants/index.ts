/** Files of constants: every format that is read and written, and what is unusual in one. */
export {
  CONSTANTS_STAGES,
  type ConstantsFile,
  type ConstantsFiles,
  type ConstantsNotes,
  type ConstantsSink,
  type ConstantsStage,
  type DarkRecord,
  isUsableGain,
  READ_CONSTANTS,
  type ReadConstants,
  type ReadOptions,
} from "./constants.js";
export {
  type FileAttributes,
  type PedestalMaps,
  writeOmPedestals,
  writePsiPedestals,
} from "./pedestal-files.js";
export { constantsReader } from "./read-constants.js";
export {
  TYPICAL_GAINS,
  TYPICAL_PEDESTALS,
  USUAL_GAINS,
  USUAL_MISSING_SHARE,
  USUAL_NOISE,
  USUAL_PEDESTALS,
} from "./usual-constants.js";
export { writeWholeFile } from "./whole-file.js";
