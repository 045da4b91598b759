import type { ImageHeader } from "../../viewer/protocol.js";
import type { Painting } from "./colours.js";
import { scaleOf } from "./scales.js";

/** A number beside a colour bar. */
export interface ColourBarTick {
  /** Height on the bar, 0 to 1. */
  readonly share: number;
  readonly text: string;
}

const MOST_INTERVALS = 4;

/** Equidistant numbers from the lower to the upper limit: limits with five digits, others with three. */
export function colourBarTicks(
  { scale, domain }: Pick<Painting, "scale" | "domain">,
  intervals = MOST_INTERVALS,
): readonly ColourBarTick[] {
  const { apply, invert } = scaleOf(scale);
  const [lowest, highest] = [apply(domain[0]), apply(domain[1])];
  return Array.from({ length: intervals + 1 }, (_, i) => {
    const share = i / intervals;
    const isLimit = i === 0 || i === intervals;
    const value = isLimit ? domain[i === 0 ? 0 : 1] : invert(lowest + share * (highest - lowest));
    return { share, text: plainNumber(value, isLimit ? 5 : 3) };
  });
}

/** Space for a tick: across, the widest number; down, two lines. */
const TICK_WIDTH = 80;
const TICK_HEIGHT = 34;

/** The number of intervals whose numbers fit beside a bar of this many pixels. */
export function tickIntervals(length: number, isHorizontal: boolean): number {
  const most = Math.floor(length / (isHorizontal ? TICK_WIDTH : TICK_HEIGHT));
  return Math.min(Math.max(most, 1), MOST_INTERVALS);
}

/** `3,614` and `0.25`; with an exponent only instead of many zeros. */
export function plainNumber(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9))
    return String(Number(value.toPrecision(digits)).toExponential());
  return Number(value.toPrecision(digits)).toLocaleString("en-GB", { maximumSignificantDigits: digits });
}

const TITLES: Readonly<Record<ImageHeader["image"], string>> = {
  calibrated: "Signal",
  raw: "Raw word",
  sum: "Sum",
  maximum: "Maximum",
};

/** The quantity shown by the colours, with its unit: `Signal (photons)`. */
export function colourBarTitle({ image, unit }: Pick<ImageHeader, "image" | "unit">): string {
  return image === "raw" || unit === "" ? TITLES[image] : `${TITLES[image]} (${unit})`;
}
