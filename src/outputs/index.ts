/** Destinations of events: one output per file, all with the same interface. */
export type { EventOutput } from "./event-output.js";
export { type ArraySummary, isArraySummary, JsonLines, summarizeData } from "./json-lines.js";
export { monitorMetrics } from "./metrics-on-demand.js";
export { NatsOutput } from "./nats.js";
export { FrameWriter } from "./npy.js";
export { omViewerMessage } from "./om-viewer.js";
export { Outputs } from "./outputs.js";
export { PublishedFrames } from "./published-frames.js";
export { Output } from "./stdout.js";
export { streamvisMessage } from "./streamvis.js";
export { type ServedView, serveJointView, serveView } from "./view.js";
