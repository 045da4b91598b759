import type { ViewImage } from "../../viewer/protocol.js";
import { type Domain, type ScaleName, scaleOf } from "./scales.js";

/** The values of an image, and which of them are measurements. */
export type Pixels = Pick<ViewImage, "data" | "status">;

/** Range of the good pixels' values: those with status 0 that are finite numbers. */
export interface ValueRange {
  readonly good: number;
  /** Infinity if there is no good pixel; `max` is then -Infinity. */
  readonly min: number;
  readonly max: number;
  /** The smallest value above 0; Infinity if no value is above 0. */
  readonly minPositive: number;
}

/** One pass over the image; bad pixels may have any value. */
export function valueRange({ data, status }: Pixels): ValueRange {
  let good = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let minPositive = Number.POSITIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    // The difference is 0 only for finite values: a calibration with a tiny gain may give Infinity.
    if (status[i] !== 0 || value - value !== 0) continue;
    good++;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < minPositive) minPositive = value;
  }
  return { good, min, max, minPositive };
}

/** Bounds set by a person; null for the automatic ones. */
export type ChosenDomain = readonly [min: number | null, max: number | null];

/** The displayed domain: the chosen bounds if they are valid on the scale, else the automatic ones. */
export function shownDomain(chosen: ChosenDomain, automatic: Domain, scale: ScaleName): Domain {
  const { holds } = scaleOf(scale);
  const bound = (end: 0 | 1) => {
    const value = chosen[end];
    return value !== null && holds(value) ? value : automatic[end];
  };
  const domain: Domain = [bound(0), bound(1)];
  return domain[0] < domain[1] ? domain : automatic;
}
