/** Recorded files → exposures, one format a file; and a ModuleStream that plays them. */
export { openRecording, recordingsOf } from "./formats.js";
export { PLAYBACK_DEFAULTS, type Playback, rangeOf } from "./playback.js";
export type { Recording } from "./recording.js";
export { recordingStreamOpener } from "./recording-stream.js";
