/** Constants files: the formats that are read and written, the usual ranges of their values, and the HDF5 library. */

export { chunkInspector } from "./bitshuffle-chunk.js";
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
} from "./constants.js";
export { constantsReader } from "./constants-reader.js";
export { inspectReads, openIncomplete } from "./hdf5-file-system.js";
export { provideFilters } from "./hdf5-filters.js";
export { findDataset } from "./hdf5-find.js";
export { type Hdf5Dataset, hdf5Library, hdf5Reason, type OpenHdf5 } from "./hdf5-library.js";
export { encodeHdf5 } from "./hdf5-write.js";
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
