import type { ConstantsStage } from "./constants.js";
import { TYPICAL_GAINS } from "./usual-constants.js";

/** A unit other than ADU/keV in which gain files are written. */
export interface GainUnit {
  readonly name: string;
  /** A gain converted to this unit. @param gain  in ADU/keV */
  readonly sizeOf: (gain: number) => number;
  /** How to convert it to ADU/keV, for messages. */
  readonly conversion: string;
}

const OTHER_UNITS: readonly GainUnit[] = [
  { name: "ADU/eV", sizeOf: (gain) => gain / 1000, conversion: "Multiply them by 1000" },
  { name: "keV/ADU", sizeOf: (gain) => 1 / gain, conversion: "Write 1 / gain" },
  { name: "eV/ADU", sizeOf: (gain) => 1000 / gain, conversion: "Write 1000 / gain" },
];

const DECIDING_STAGES = ["g0", "g1", "g2"] as const;

/** Largest factor between a gain and the typical one. */
export const TYPICAL_FACTOR = 4;

/** Whether a magnitude is typical of a JUNGFRAU's gains. @param unit  ADU/keV if omitted */
export function isTypicalSize(size: number, stage: ConstantsStage, unit?: GainUnit): boolean {
  const gain = Math.abs(TYPICAL_GAINS[stage]);
  const typical = unit === undefined ? gain : unit.sizeOf(gain);
  return size > typical / TYPICAL_FACTOR && size < typical * TYPICAL_FACTOR;
}

/**
 * Find a unit other than ADU/keV in which the gains of all stages would have a typical magnitude.
 *
 * @param sizes  medians of the absolute values, by stage
 * @returns undefined if there is none, or if a stage is not known
 */
export function findOtherUnit(sizes: ReadonlyMap<ConstantsStage, number>): GainUnit | undefined {
  return OTHER_UNITS.find((unit) =>
    DECIDING_STAGES.every((stage) => isTypicalSize(sizes.get(stage) ?? Number.NaN, stage, unit)),
  );
}
