import { type ScaleName, scaleOf } from "./scales.js";
import type { Pixels, ValueRange } from "./value-range.js";

/** Number of occurrences of values, in bins of equal width on a scale. */
export interface ValueHistogram {
  readonly scale: ScaleName;
  /** Start of the first bin, and width of all bins, in scaled values. */
  readonly start: number;
  readonly binWidth: number;
  readonly counts: Uint32Array;
  /** Good pixels that the scale cannot draw. */
  readonly leftOut: number;
}

export const HISTOGRAM_BINS = 128;

/** Count the values of the good pixels of an image with a known range. */
export function valueHistogram(
  { data, status }: Pixels,
  { good, min, max, minPositive }: ValueRange,
  scale: ScaleName,
): ValueHistogram {
  const counts = new Uint32Array(HISTOGRAM_BINS);
  const { apply, holds } = scaleOf(scale);
  if (good === 0 || !holds(max)) return { scale, start: 0, binWidth: 1, counts, leftOut: good };
  const start = apply(holds(min) ? min : scale === "log" ? minPositive : 0);
  const binWidth = (apply(max) - start) / HISTOGRAM_BINS || 1;
  let leftOut = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (status[i] !== 0 || value - value !== 0) continue;
    if (!holds(value)) {
      leftOut++;
      continue;
    }
    const bin = Math.min(Math.floor((apply(value) - start) / binWidth), HISTOGRAM_BINS - 1);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { scale, start, binWidth, counts, leftOut };
}
