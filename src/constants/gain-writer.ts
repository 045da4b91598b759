import { CalibrationError } from "../errors.js";
import {
  CONSTANTS_STAGES,
  type ConstantsNotes,
  type ConstantsSink,
  type ConstantsStage,
  isUsableGain,
} from "./constants.js";
import { looksLikePedestals, sampleOf } from "./map-sample.js";
import { noteMissing } from "./missing-pixels.js";
import { TYPICAL_GAINS } from "./usual-constants.js";

/** How far from the typical size a map may be. */
const TYPICAL_FACTOR = 4;

/** Checks the maps of a gain file one after the other, G0, G1, G2, HG0, and passes them on. */
export class GainWriter {
  readonly #to: ConstantsSink;
  readonly #moduleIndex: number;
  readonly #where: string;
  readonly #notes: ConstantsNotes;

  constructor(to: ConstantsSink, moduleIndex: number, where: string, notes: ConstantsNotes) {
    this.#to = to;
    this.#moduleIndex = moduleIndex;
    this.#where = where;
    this.#notes = notes;
  }

  /** @throws {CalibrationError} CALIBRATION_EXCHANGED, CALIBRATION_NO_CONSTANTS */
  write(map: ArrayLike<number>, index: number): void {
    if (index === 1 && looksLikePedestals(map)) throw isDarkFile(this.#where);
    const stage = CONSTANTS_STAGES[index] as ConstantsStage;
    const name = stage.toUpperCase();
    const { positive, negative } = countSigns(map);
    const usable = positive + negative;
    if (usable === 0 && stage !== "hg0") {
      throw new CalibrationError(
        "CALIBRATION_NO_CONSTANTS",
        `${this.#where} holds no usable gain in ${name}. Gains are in ADU/keV: typically ${TYPICAL_GAINS.g0}, ${TYPICAL_GAINS.g1} and ${TYPICAL_GAINS.g2}.`,
      );
    }
    noteMissing(map.length - usable, `usable gain in ${name}`, this.#where, this.#notes);
    // G0 counts up with the charge, G1 and G2 count down. Maps in another order than that of the stages show here.
    const isUp = stage === "g0" || stage === "hg0";
    if (isUp ? negative > positive : positive > negative) {
      const [is, should] = isUp ? ["negative", "positive"] : ["positive", "negative"];
      this.#notes.warn(
        `${this.#where}: gains in ${name} are ${is}, those of a JUNGFRAU are ${should}. Are the maps in order?`,
      );
    }
    this.#warnOfSize(map, stage);
    this.#to.setGains(this.#moduleIndex, stage, map);
  }

  #warnOfSize(map: ArrayLike<number>, stage: ConstantsStage): void {
    const typical = Math.abs(TYPICAL_GAINS[stage]);
    const median = medianSize(map);
    if (median === undefined || (median > typical / TYPICAL_FACTOR && median < typical * TYPICAL_FACTOR))
      return;
    this.#notes.warn(
      `${this.#where}: gains in ${stage.toUpperCase()} are about ${Number(median.toPrecision(3))} in size, those of a ` +
        `JUNGFRAU about ${typical} ADU/keV. Are they in ADU/keV, and the maps in order?`,
    );
  }
}

/** Of a sample of the usable gains; undefined if there is none. */
function medianSize(map: ArrayLike<number>): number | undefined {
  const sizes = [...sampleOf(map)].filter(isUsableGain).map(Math.abs);
  return sizes.sort((a, b) => a - b)[sizes.length >> 1];
}

/** Usable gains of a map by their sign. */
function countSigns(map: ArrayLike<number>): { positive: number; negative: number } {
  let positive = 0;
  let negative = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const gain = map[pixel] as number;
    if (!isUsableGain(gain)) continue;
    if (gain > 0) positive += 1;
    else negative += 1;
  }
  return { positive, negative };
}

/** The fault of a gain file that is a dark file. */
export function isDarkFile(where: string): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_EXCHANGED",
    `${where} is a dark file, not a gain file. Exchange the names of dark and gain files.`,
  );
}
