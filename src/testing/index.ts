/**
 * For tests of hosts and plugins: fakes for everything that is injected, builders, and contracts for all
 * implementations.
 *
 * @module om-jungfrau-zmq/testing
 */
export type { DetectorLayout, ModulePlace } from "../detector.js";
export { constantsInMemory, type DetectorConstants, flatConstants } from "./constants-in-memory.js";
export {
  type ContractCheck,
  type DataSourceUnderTest,
  dataSourceContract,
  type ModuleStreamUnderTest,
  moduleStreamContract,
  type OpenedStream,
} from "./contract.js";
export { FakeHost, parametersOf } from "./fake-host.js";
export { FakeModuleStream } from "./fake-module-stream.js";
export { FixedClock } from "./fixed-clock.js";
export {
  aDataEvent,
  aModuleFrame,
  type DataEventFields,
  modulePayload,
  type RawPixel,
} from "./module-frames.js";
export { RecordingLogger } from "./recording-logger.js";
