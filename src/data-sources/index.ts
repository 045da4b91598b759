/** The data sources, one per file; detector-frame/ makes frames, signals/ has sources computed from a frame. */
export type { CalibratedFrame, DetectorFrame, RawFrame, RoundedFrame } from "./detector-frame/frame.js";
export { EventIdJungfrau1MZmq } from "./event-id-jungfrau-1m-zmq.js";
export { FloatEntryFromConfiguration } from "./float-entry-from-configuration.js";
export { HeaderEntryJungfrau1MZmq } from "./header-entry-jungfrau-1m-zmq.js";
export { Jungfrau1MZmq } from "./jungfrau-1m-zmq.js";
export { type LitPixels, LitPixelsJungfrau1MZmq } from "./signals/lit-pixels-jungfrau-1m-zmq.js";
export { type RadialProfile, RadialProfileJungfrau1MZmq } from "./signals/radial-profile-jungfrau-1m-zmq.js";
export {
  type RegionOfInterest,
  RegionOfInterestJungfrau1MZmq,
} from "./signals/region-of-interest-jungfrau-1m-zmq.js";
export { type Saturation, SaturationJungfrau1MZmq } from "./signals/saturation-jungfrau-1m-zmq.js";
export { TimestampJungfrau1MZmq } from "./timestamp-jungfrau-1m-zmq.js";
