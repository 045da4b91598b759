import type { ConstantsStage } from "./constants.js";

/** ADU/keV, of JUNGFRAU modules. */
export const TYPICAL_GAINS: Readonly<Record<ConstantsStage, number>> = {
  g0: 41,
  g1: -1.44,
  g2: -0.115,
  hg0: 100,
};

/**
 * Typical pedestals of JUNGFRAU modules, ADC values in ADU; for HG0 those of G0.
 */
export const TYPICAL_PEDESTALS: Readonly<Record<ConstantsStage, number>> = {
  g0: 2500,
  g1: 13500,
  g2: 14000,
  hg0: 2500,
};

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Usual mean gain of a module, in ADU/keV: within about a quarter of the typical one. */
export const USUAL_GAINS: Readonly<Record<ConstantsStage, Range>> = {
  g0: { min: 30, max: 52 },
  g1: { min: -1.8, max: -1.1 },
  g2: { min: -0.145, max: -0.085 },
  hg0: { min: 75, max: 125 },
};

/**
 * Usual mean pedestal of a module, in ADU: a generous range around the typical one. G0 counts up, so it starts at the lower
 * end of 14 bits; G1 and G2 count down, so they start at the upper end.
 */
export const USUAL_PEDESTALS: Readonly<Record<ConstantsStage, Range>> = {
  g0: { min: 1000, max: 6000 },
  g1: { min: 12000, max: 16000 },
  g2: { min: 12000, max: 16000 },
  hg0: { min: 1000, max: 6000 },
};

/** Share of a module's pixels that may lack a constant without a warning. */
export const USUAL_MISSING_SHARE = 0.05;

/** Usual noise of a module in the dark, in ADU: rms of a pixel's readings, some 8 to 10 ADU in G0. */
export const USUAL_NOISE: Readonly<Partial<Record<ConstantsStage, Range>>> = { g0: { min: 4, max: 20 } };
