/** Scales from values to colours, or to a histogram's axis. */
export const SCALES = ["linear", "log", "symlog", "sqrt"] as const;
export type ScaleName = (typeof SCALES)[number];

/** Lowest and highest value of a colour map, in the image's unit. */
export type Domain = readonly [min: number, max: number];

interface Scale {
  readonly apply: (value: number) => number;
  readonly invert: (scaled: number) => number;
  /** Whether the scale can draw the value. */
  readonly holds: (value: number) => boolean;
}

/** The same as H5Web's, so that its colour bar and its domain slider match the image. */
const FUNCTIONS: Readonly<Record<ScaleName, Scale>> = {
  linear: { apply: (value) => value, invert: (scaled) => scaled, holds: () => true },
  log: { apply: Math.log10, invert: (scaled) => 10 ** scaled, holds: (value) => value > 0 },
  symlog: {
    apply: (value) => Math.sign(value) * Math.log10(1 + Math.abs(value)),
    invert: (scaled) => Math.sign(scaled) * (10 ** Math.abs(scaled) - 1),
    holds: () => true,
  },
  sqrt: { apply: Math.sqrt, invert: (scaled) => scaled * scaled, holds: (value) => value >= 0 },
};

export function scaleOf(name: ScaleName): Scale {
  return FUNCTIONS[name];
}

/** A text with the number of pixels that a scale cannot draw; null if it can draw them all. */
export function undrawnText(pixels: number, name: ScaleName): string | null {
  if (pixels === 0) return null;
  const { holds } = scaleOf(name);
  if (holds(-1)) return null;
  const what = name === "log" ? "pixels of 0 or less" : "negative pixels";
  return `${pixels.toLocaleString("en-GB")} ${what}: lowest colour`;
}

/** The next scale; after the last, the first. */
export function nextScale(name: ScaleName): ScaleName {
  return SCALES[(SCALES.indexOf(name) + 1) % SCALES.length] as ScaleName;
}
