import type { StreamStatus } from "../api/index.js";

/** How many events the detector has made, delivered or not, as far as the stream's counters show it. */
export function detectedEvents({ counters, inputs = [] }: Pick<StreamStatus, "counters" | "inputs">): number {
  const { paired = 0, partial = 0, unasked = 0 } = counters;
  // Each port counts its own frames that the monitor did not ask for.
  return paired + partial + unasked / Math.max(inputs.length, 1);
}
