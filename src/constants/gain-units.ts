import type { ConstantsStage } from "./constants.js";
import { TYPICAL_GAINS } from "./usual-constants.js";

/** A unit in which gains come, besides ADU/keV. */
export interface GainUnit {
  readonly name: string;
  /** How large a gain is in it. @param gain  in ADU/keV */
  readonly sizeOf: (gain: number) => number;
  /** How it becomes ADU/keV. */
  readonly conversion: string;
}

const OTHER_UNITS: readonly GainUnit[] = [
  { name: "ADU/eV", sizeOf: (gain) => gain / 1000, conversion: "Multiply them by 1000" },
  { name: "keV/ADU", sizeOf: (gain) => 1 / gain, conversion: "Write 1 / gain" },
  { name: "eV/ADU", sizeOf: (gain) => 1000 / gain, conversion: "Write 1000 / gain" },
];

const DECIDING_STAGES = ["g0", "g1", "g2"] as const;

/** How far from the typical one a gain may be. */
export const TYPICAL_FACTOR = 4;

/** Whether a size is near that of a JUNGFRAU's gain. @param unit  without, ADU/keV */
export function isTypicalSize(size: number, stage: ConstantsStage, unit?: GainUnit): boolean {
  const gain = Math.abs(TYPICAL_GAINS[stage]);
  const typical = unit === undefined ? gain : unit.sizeOf(gain);
  return size > typical / TYPICAL_FACTOR && size < typical * TYPICAL_FACTOR;
}

/**
 * Find another unit than ADU/keV that gains seem to be in: that in which all stages are of typical size.
 *
 * @param sizes  absolute medians by stage
 * @returns undefined if there is none, or if a stage is not known
 */
export function findOtherUnit(sizes: ReadonlyMap<ConstantsStage, number>): GainUnit | undefined {
  return OTHER_UNITS.find((unit) =>
    DECIDING_STAGES.every((stage) => isTypicalSize(sizes.get(stage) ?? Number.NaN, stage, unit)),
  );
}
