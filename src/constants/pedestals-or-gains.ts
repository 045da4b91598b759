import { CONSTANTS_STAGES, type ConstantsStage } from "./constants.js";
import type { ModuleMaps } from "./module-maps.js";

/**
 * Thresholds between gains and pedestals, by stage. Gains may be in ADU/keV (41, -1.44, -0.115, 100) or in another unit: in
 * eV/ADU they are about 24, 694, 8700, 10. Pedestals are about 2500 in G0, and 13500 in G1.
 */
const PEDESTALS_ABOVE: Readonly<Record<ConstantsStage, number>> = { g0: 350, g1: 3000, g2: 1000, hg0: 350 };

/** Begins with the stage in which gains and pedestals differ most; the others are used if it was never recorded. */
const TELLING_STAGES: readonly ConstantsStage[] = ["g1", "g0", "hg0", "g2"];

/** Whether maps are pedestals rather than gains. @returns undefined if they hold neither */
export function holdPedestals(maps: ModuleMaps): boolean | undefined {
  for (const stage of TELLING_STAGES) {
    const index = CONSTANTS_STAGES.indexOf(stage);
    if (index >= maps.count) continue;
    const holds = holdsPedestals(maps.read(index), PEDESTALS_ABOVE[stage]);
    if (holds !== undefined) return holds;
  }
  return undefined;
}

function holdsPedestals(map: ArrayLike<number>, above: number): boolean | undefined {
  let seen = 0;
  let large = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const size = Math.abs(map[pixel] as number);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    seen += 1;
    if (size > above) large += 1;
  }
  return seen === 0 ? undefined : large > seen / 2;
}
