/** One sensor a file. */
export type { CalibratedFrame, DetectorFrame, RawFrame, RoundedFrame } from "./detector-frame.js";
export { EventIdJungfrau1MZmq } from "./event-id-jungfrau-1m-zmq.js";
export { FloatEntryFromConfiguration } from "./float-entry-from-configuration.js";
export { Jungfrau1MZmq } from "./jungfrau-1m-zmq.js";
export { TimestampJungfrau1MZmq } from "./timestamp-jungfrau-1m-zmq.js";
