import { Btn } from "@h5web/lib";
import { useEffect, useRef, useState } from "react";
import type { PlaybackCommand, PlaybackReport } from "../viewer/protocol.ts";
import type { LiveControls } from "./use-live.ts";

interface PlaybackBarProps {
  readonly playback: PlaybackReport;
  readonly live: Pick<LiveControls, "pause" | "send">;
}

/** The position in the monitor's recording, and its controls: the same for all pages. */
export function PlaybackBar({ playback, live }: PlaybackBarProps) {
  const { position, total, isPaused } = playback;
  const last = Math.max(total - 1, 0);
  const isDragging = useRef(false);
  /** The slider's position, until the monitor has responded. */
  const [wanted, setWanted] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each report is an answer
  useEffect(() => {
    if (!isDragging.current) setWanted(null);
  }, [playback]);

  const steer = (command: PlaybackCommand) => {
    live.pause(false); // a person who steers wants to see the result
    live.send({ type: "playback", command });
  };
  const seek = (exposure: number) => {
    setWanted(exposure);
    steer({ action: "seek", exposure });
  };
  const drag = (isHeld: boolean) => () => {
    isDragging.current = isHeld;
    if (!isHeld) setWanted(null);
  };
  const shown = wanted ?? position ?? 0;
  return (
    <div className="playback-bar" role="toolbar" aria-label="Recording">
      <Btn
        raised
        label="Previous exposure"
        disabled={position === null || position <= 0}
        onClick={() => steer({ action: "step", exposures: -1 })}
      />
      <Btn
        raised
        label={isPaused ? "Play recording" : "Pause recording"}
        onClick={() => steer({ action: isPaused ? "play" : "pause" })}
      />
      <Btn
        raised
        label="Next exposure"
        disabled={position !== null && position >= last}
        onClick={() => steer({ action: "step", exposures: 1 })}
      />
      <input
        type="range"
        aria-label="Exposure"
        aria-valuetext={`${shown + 1} of ${total}`}
        min={0}
        max={last}
        value={shown}
        onChange={(event) => seek(Number(event.target.value))}
        onPointerDown={drag(true)}
        onPointerUp={drag(false)}
        onPointerCancel={drag(false)}
      />
      <output data-testid="playback-position">
        {position === null ? "–" : (shown + 1).toLocaleString("en-GB")} of {total.toLocaleString("en-GB")}
      </output>
    </div>
  );
}
