import type { DescribedTable, DescribedValue } from "../../api/index.js";
import type { Calibrator } from "../../calibration/index.js";
import {
  CONSTANTS_STAGES,
  type ConstantsStage,
  TYPICAL_GAINS,
  TYPICAL_PEDESTALS,
  USUAL_GAINS,
  USUAL_MISSING_SHARE,
  USUAL_PEDESTALS,
} from "../../constants/index.js";
import { ADC_MASK, MODULE_PIXELS } from "../../detector.js";

const USUAL_PERCENT = { min: 0, max: 100 * USUAL_MISSING_SHARE };

/**
 * A summary of a calibrator's constants: one row per module and gain stage.
 *
 * @param usesGains  false for frames in ADU
 * @param isFaulty   whether files are missing or could not be read. This is reported as a fault; modules
 *                   without any constants are then not marked as unusual
 */
export function constantsTable(
  calibrator: Calibrator,
  usesGains: boolean,
  isFaulty: boolean,
): DescribedTable {
  return {
    name: "constants",
    title: "Constants of each module and gain stage",
    columns: [
      { name: "module", title: "module" },
      { name: "stage", title: "stage" },
      { name: "without_constants", title: "unusable", unit: "pixels" },
      { name: "without_constants_percent", title: "share", unit: "%" },
      { name: "masked", title: "masked", unit: "pixels" },
      { name: "masked_percent", title: "share", unit: "%" },
      { name: "mean_pedestal", title: "pedestal", unit: "ADU" },
      ...(usesGains ? [{ name: "mean_gain", title: "gain", unit: "ADU/keV" }] : []),
    ],
    rows: calibrator.layout.places.flatMap(({ moduleIndex }) =>
      CONSTANTS_STAGES.map((stage) => rowOf(calibrator, { usesGains, isFaulty }, moduleIndex, stage)).filter(
        (row) => row !== undefined,
      ),
    ),
    notes: usesGains ? [READING_NOTE, GAINS_NOTE, ...USUAL_NOTES] : [READING_NOTE, ...USUAL_NOTES],
  };
}

function rowOf(
  calibrator: Calibrator,
  { usesGains, isFaulty }: { readonly usesGains: boolean; readonly isFaulty: boolean },
  moduleIndex: number,
  stage: ConstantsStage,
): Record<string, DescribedValue> | undefined {
  const summary = calibrator.summarize(moduleIndex, stage);
  if (summary === undefined) return undefined;
  const { withoutConstants, masked, meanPedestal, meanGain } = summary;
  // For high gain, one file may have constants and the other none; this matters only if high gain is used.
  const isUnused = stage === "hg0" && withoutConstants + masked === MODULE_PIXELS;
  const [hasPedestals, hasGains] = [meanPedestal !== undefined, meanGain !== undefined || !usesGains];
  const usual = <T>(range: T, isThere: boolean) =>
    isUnused || (isFaulty && !isThere) ? {} : { usual: range };
  return {
    module: { value: moduleIndex },
    stage: { value: stage.toUpperCase() },
    without_constants: { value: withoutConstants },
    without_constants_percent: {
      value: percentOfModule(withoutConstants),
      ...usual(USUAL_PERCENT, hasPedestals && hasGains),
    },
    masked: { value: masked },
    masked_percent: { value: percentOfModule(masked), usual: USUAL_PERCENT },
    mean_pedestal: { value: meanPedestal ?? null, ...usual(USUAL_PEDESTALS[stage], hasPedestals) },
    ...(usesGains && { mean_gain: { value: meanGain ?? null, ...usual(USUAL_GAINS[stage], hasGains) } }),
  };
}

function percentOfModule(pixels: number): number {
  return (100 * pixels) / MODULE_PIXELS;
}

const READING_NOTE =
  "Pixels are unusable that lack a pedestal or a gain in that stage. Masked ones are left out in all stages; they are " +
  "not counted as unusable. Pedestals and gains are means of the others.";
const GAINS_NOTE =
  `Usual gains: about a quarter around what is typical of a JUNGFRAU, ${TYPICAL_GAINS.g0}, ${TYPICAL_GAINS.g1} and ` +
  `${TYPICAL_GAINS.g2} ADU/keV in G0, G1, G2, and ${TYPICAL_GAINS.hg0} in HG0.`;
const USUAL_NOTES = [
  `Usual pedestals: of 0 to ${ADC_MASK} ADU, G0 starts low and counts up, G1 and G2 start high and count down; wide ` +
    `around ${TYPICAL_PEDESTALS.g0}, ${TYPICAL_PEDESTALS.g1} and ${TYPICAL_PEDESTALS.g2} ADU, as the pixels with known ` +
    "answers have that this plugin is tested with.",
  `Usual shares: up to ${USUAL_PERCENT.max} %, this plugin's own limit for a warning.`,
];
