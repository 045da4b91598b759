import { CalibrationError } from "../errors.js";
import {
  CONSTANTS_STAGES,
  type ConstantsNotes,
  type ConstantsSink,
  type ConstantsStage,
  isUsableGain,
} from "./constants.js";
import { findOtherUnit, isTypicalSize } from "./gain-units.js";
import { sampleOf } from "./map-sample.js";
import { noteMissing } from "./missing-pixels.js";
import { TYPICAL_GAINS } from "./usual-constants.js";

const TYPICAL_TEXT = `${TYPICAL_GAINS.g0}, ${TYPICAL_GAINS.g1} and ${TYPICAL_GAINS.g2} ADU/keV in G0, G1 and G2`;

/** Sign and magnitude of most gains of a map. */
interface GainMapSummary {
  readonly stage: ConstantsStage;
  readonly isPositive: boolean;
  /** Median of the absolute values. */
  readonly size: number;
}

/** Checks the maps of a gain file one after the other, G0, G1, G2, HG0, and passes them on. */
export class GainWriter {
  readonly #to: ConstantsSink;
  readonly #moduleIndex: number;
  readonly #where: string;
  readonly #notes: ConstantsNotes;
  readonly #summaries: GainMapSummary[] = [];

  constructor(to: ConstantsSink, moduleIndex: number, where: string, notes: ConstantsNotes) {
    this.#to = to;
    this.#moduleIndex = moduleIndex;
    this.#where = where;
    this.#notes = notes;
  }

  /** @throws {CalibrationError} CALIBRATION_VALUES */
  write(map: ArrayLike<number>, index: number): void {
    const stage = CONSTANTS_STAGES[index] as ConstantsStage;
    const name = stage.toUpperCase();
    const { positive, negative } = countSigns(map);
    const usable = positive + negative;
    if (usable === 0 && stage !== "hg0") {
      throw new CalibrationError(
        "CALIBRATION_VALUES",
        `${this.#where} holds no usable gain in ${name}. Gains are typically ${TYPICAL_TEXT}.`,
      );
    }
    noteMissing(map.length - usable, `usable gain in ${name}`, this.#where, this.#notes);
    const size = medianSize(map);
    if (size !== undefined) this.#summaries.push({ stage, isPositive: positive > negative, size });
    this.#to.setGains(this.#moduleIndex, stage, map);
  }

  /**
   * Check the maps together, after the last one.
   *
   * @throws {CalibrationError} CALIBRATION_VALUES if they seem to be in another unit, or to lack their signs
   */
  finish(): void {
    this.#refuseOtherUnit();
    this.#refuseAbsoluteValues();
    for (const summary of this.#summaries) {
      this.#warnOfSign(summary);
      this.#warnOfSize(summary);
    }
  }

  #refuseOtherUnit(): void {
    const unit = findOtherUnit(new Map(this.#summaries.map(({ stage, size }) => [stage, size])));
    if (unit === undefined) return;
    throw new CalibrationError(
      "CALIBRATION_VALUES",
      `${this.#where} seems to hold gains in ${unit.name}: they are about ${this.#sizesText()}. Gains are typically ` +
        `${TYPICAL_TEXT}. ${unit.conversion}.`,
    );
  }

  #refuseAbsoluteValues(): void {
    const stages = this.#summaries.filter(({ stage }) => stage === "g1" || stage === "g2");
    const areAbsolute =
      stages.length === 2 &&
      stages.every(({ stage, isPositive, size }) => isPositive && isTypicalSize(size, stage));
    if (!areAbsolute) return;
    throw new CalibrationError(
      "CALIBRATION_VALUES",
      `${this.#where} seems to hold absolute values: gains in G1 and G2 are positive, so bright pixels would become negative. ` +
        `Gains are typically ${TYPICAL_TEXT}. Negate the maps of G1 and G2.`,
    );
  }

  /** G0 counts up with the charge, G1 and G2 count down. The wrong sign reveals maps in the wrong order. */
  #warnOfSign({ stage, isPositive }: GainMapSummary): void {
    const isUp = stage === "g0" || stage === "hg0";
    if (isUp === isPositive) return;
    const [is, should] = isUp ? ["negative", "positive"] : ["positive", "negative"];
    this.#notes.warn(
      `${this.#where}: gains in ${stage.toUpperCase()} are ${is}, but a JUNGFRAU's are ${should}. Are the maps in the right order?`,
    );
  }

  #warnOfSize({ stage, size }: GainMapSummary): void {
    if (isTypicalSize(size, stage)) return;
    this.#notes.warn(
      `${this.#where}: the magnitude of gains in ${stage.toUpperCase()} is about ${rounded(size)}, but about ` +
        `${Math.abs(TYPICAL_GAINS[stage])} ADU/keV is typical. Check the unit and the order of the maps.`,
    );
  }

  #sizesText(): string {
    return this.#summaries.map(({ stage, size }) => `${rounded(size)} in ${stage.toUpperCase()}`).join(", ");
  }
}

function rounded(size: number): number {
  return Number(size.toPrecision(3));
}

/** Median magnitude of a sample of the usable gains; undefined if there are none. */
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
