import { Btn } from "@h5web/lib";
import { memo } from "react";
import type { PageMessage, Report } from "../viewer/protocol.ts";

const WINDOWS = [10, 100, 1000, 10_000];
const SHARED = "Applies to all pages of this monitor.";

interface AccumulationPanelProps {
  readonly accumulation: Report["accumulation"];
  /** Undefined if sums cannot be reset. */
  readonly send: ((message: PageMessage) => void) | undefined;
}

/** Sum and maximum, the virtual powder pattern: their window, and their reset. */
export const AccumulationPanel = memo(function AccumulationPanel({
  accumulation,
  send,
}: AccumulationPanelProps) {
  const { frames, window } = accumulation;
  const windows = [...new Set([...WINDOWS, ...(window === null ? [] : [window])])].sort((a, b) => a - b);
  return (
    <section className="panel" aria-labelledby="accumulation">
      <h2 id="accumulation">Sum and maximum</h2>
      <p className="accumulation">
        <span>
          <b data-testid="accumulated-frames">{frames.toLocaleString("en-GB")}</b> frames
        </span>
        {send && (
          <>
            <select
              aria-label="Frames in sum and maximum"
              title={SHARED}
              value={window ?? ""}
              onChange={({ target }) =>
                send({ type: "window", frames: target.value === "" ? null : Number(target.value) })
              }
            >
              <option value="">since the reset</option>
              {windows.map((count) => (
                <option key={count} value={count}>{`last ${count.toLocaleString("en-GB")} frames`}</option>
              ))}
            </select>
            <Btn raised label="Reset" title={SHARED} onClick={() => send({ type: "reset" })} />
          </>
        )}
      </p>
    </section>
  );
});
