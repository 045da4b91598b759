import type { Sample } from "../../viewer/protocol.js";

/**
 * A detector that is faster than the monitor by less than this share, and by less than one event per second,
 * counts as equally fast.
 */
const SAME_RATE_SHARE = 0.05;

/** One decimal below 10. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

/** `10 /s`, or `25 of 500 /s` if the detector is faster than the monitor. */
export function frameRateText({
  eventsPerSecond,
  detectedPerSecond,
}: Pick<Sample, "eventsPerSecond" | "detectedPerSecond">): string {
  const detected = detectedPerSecond ?? 0;
  const isFaster = detected - eventsPerSecond > Math.max(1, SAME_RATE_SHARE * detected);
  return `${formatRate(eventsPerSecond)}${isFaster ? ` of ${formatRate(detected)}` : ""} /s`;
}
