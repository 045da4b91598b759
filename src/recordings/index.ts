/**
 * Recorded files → exposures, one format per source file; a ModuleStream that plays them; and the writer of `.raw`
 * files.
 */
export { openRecording, recordingsOf } from "./formats.js";
export { PLAYBACK_DEFAULTS, type Playback, rangeOf } from "./playback.js";
export { MAX_FRAMES_PER_FILE } from "./raw-layout.js";
export type { Recording } from "./recording.js";
export { recordingStreamOpener } from "./recording-stream.js";
export { PlaybackSteering } from "./steering.js";
export { FrameRing } from "./writer/frame-ring.js";
export { DiskFolder } from "./writer/output-folder.js";
export { Recorder, type RecorderStatus } from "./writer/recorder.js";
