import type { PlaybackControl } from "../api/index.js";
import type { PlaybackCommand } from "./protocol.js";

/** Execute a page's command on a playback. */
export function steerPlayback(playback: PlaybackControl, command: PlaybackCommand): void {
  switch (command.action) {
    case "play":
      playback.play();
      break;
    case "pause":
      playback.pause();
      break;
    case "seek":
      playback.seek(command.exposure);
      break;
    case "step":
      playback.step(command.exposures);
  }
}
