import type { Painting } from "./colours.js";
import { scaleOf } from "./scales.js";

/** A number beside a colour bar. */
export interface ColourBarTick {
  /** How far up it stands, 0 to 1. */
  readonly share: number;
  readonly text: string;
}

const INTERVALS = 4;

/** Numbers at equal distances, from the lower limit to the upper; the limits in five digits, those between in three. */
export function colourBarTicks({
  scale,
  domain,
}: Pick<Painting, "scale" | "domain">): readonly ColourBarTick[] {
  const { apply, invert } = scaleOf(scale);
  const [lowest, highest] = [apply(domain[0]), apply(domain[1])];
  return Array.from({ length: INTERVALS + 1 }, (_, i) => {
    const share = i / INTERVALS;
    const isLimit = i === 0 || i === INTERVALS;
    const value = isLimit ? domain[i === 0 ? 0 : 1] : invert(lowest + share * (highest - lowest));
    return { share, text: String(Number(value.toPrecision(isLimit ? 5 : 3))) };
  });
}
