/**
 * JUNGFRAU 1M data sources for OM-style monitors.
 *
 * A host reads `plugin.manifest.json`, imports this module, and calls `register` with a `PluginContext` (from
 * `om-jungfrau-zmq/api`).
 *
 * @module om-jungfrau-zmq
 */

export type {
  BadPixelCounts,
  BadPixelReason,
  CalibratedUnit,
  GainStageCounts,
  PixelRange,
  PixelRegion,
  PixelStatistics,
  RegionStatistics,
  RingTotals,
} from "./calibration/index.js";
export { PIXEL_STATUS, RingMap } from "./calibration/index.js";
export type {
  ConstantsFile,
  ConstantsFiles,
  ConstantsNotes,
  ConstantsSink,
  ConstantsStage,
  DarkRecord,
  ReadConstants,
} from "./constants/index.js";
export { READ_CONSTANTS } from "./constants/index.js";
export type {
  CalibratedFrame,
  DetectorFrame,
  LitPixels,
  RadialProfile,
  RawFrame,
  RegionOfInterest,
  RoundedFrame,
  Saturation,
} from "./data-sources/index.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export { faultsOf, isMonitorError, MonitorError } from "./errors.js";
export type { EventCounters, JungfrauEvent, PairedFrames } from "./events/index.js";
export { dispose, register } from "./plugin.js";
export type {
  CurveClientKeys,
  GainMode,
  ModuleFrame,
  ModuleStream,
  ModuleStreamAddress,
  OpenModuleStream,
  PairedExposure,
  StreamMessage,
} from "./stream/index.js";
export { OPEN_MODULE_STREAM } from "./stream/index.js";
