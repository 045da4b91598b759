import type { SignalInfo } from "../../viewer/protocol.js";
import { formatValue } from "./pixel-reading.js";

/** The level of a signal as text; for a boolean, the share of events in which it was true. */
export function signalText({ isShare }: SignalInfo, level: number | null): string {
  if (level === null) return "–";
  return isShare ? `${(100 * level).toFixed(1)} %` : formatValue(level);
}
