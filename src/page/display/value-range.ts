import type { ViewImage } from "../../viewer/protocol.js";
import { type Domain, type ScaleName, scaleOf } from "./scales.js";

/** What an image needs to be looked at: its values, and which of them are measurements. */
export type Pixels = Pick<ViewImage, "data" | "status">;

/** The good pixels' values: those with status 0 that are numbers. */
export interface ValueRange {
  readonly good: number;
  /** Infinity if there is no good pixel, and `max` -Infinity. */
  readonly min: number;
  readonly max: number;
  /** The smallest that is above 0; Infinity if there is none. */
  readonly minPositive: number;
}

/** One pass over the image; bad pixels may hold anything. */
export function valueRange({ data, status }: Pixels): ValueRange {
  let good = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let minPositive = Number.POSITIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    // Only a finite value less itself is 0: a calibration with a tiny gain may give Infinity.
    if (status[i] !== 0 || value - value !== 0) continue;
    good++;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < minPositive) minPositive = value;
  }
  return { good, min, max, minPositive };
}

/** Bounds that a person set; null where autoscale's hold. */
export type ChosenDomain = readonly [min: number | null, max: number | null];

/** What the image is shown with: the chosen bounds as far as they make sense on the scale, else autoscale's. */
export function shownDomain(chosen: ChosenDomain, automatic: Domain, scale: ScaleName): Domain {
  const { holds } = scaleOf(scale);
  const bound = (end: 0 | 1) => {
    const value = chosen[end];
    return value !== null && holds(value) ? value : automatic[end];
  };
  const domain: Domain = [bound(0), bound(1)];
  return domain[0] < domain[1] ? domain : automatic;
}
