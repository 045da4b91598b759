/** The data sources, one a file, and in detector-frame/ how a frame is made. */
export type { CalibratedFrame, DetectorFrame, RawFrame, RoundedFrame } from "./detector-frame/frame.js";
export { EventIdJungfrau1MZmq } from "./event-id-jungfrau-1m-zmq.js";
export { FloatEntryFromConfiguration } from "./float-entry-from-configuration.js";
export { HeaderEntryJungfrau1MZmq } from "./header-entry-jungfrau-1m-zmq.js";
export { Jungfrau1MZmq } from "./jungfrau-1m-zmq.js";
export { TimestampJungfrau1MZmq } from "./timestamp-jungfrau-1m-zmq.js";
