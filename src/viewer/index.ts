/** The live view of a monitor: a web page, served by its own thread, which gets copies of frames. */
export { type KeptFrames, LiveView, type LiveViewOptions } from "./live-view.js";
export type { MonitorIdentity } from "./protocol.js";
