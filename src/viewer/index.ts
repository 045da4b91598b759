/** The live view of a monitor: a web page on a server in a thread of its own, fed with copies of frames. */
export { type KeptFrames, LiveView, type LiveViewOptions } from "./live-view.js";
