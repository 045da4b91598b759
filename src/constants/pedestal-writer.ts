import { MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsNotes, ConstantsSink, ConstantsStage } from "./constants.js";
import { noteMissing } from "./missing-pixels.js";
import { adcPedestal, findPedestalOffset, PEDESTAL_KINDS } from "./pedestal-kind.js";

/** The gain bits of a stage's words; HG0 has those of G0. */
const GAIN_STAGE = { g0: 0, g1: 1, g2: 2, hg0: 0 } as const;

/** Converts the maps of a dark file to ADC values, one after the other, and passes them on. */
export class PedestalWriter {
  readonly #to: ConstantsSink;
  readonly #moduleIndex: number;
  readonly #where: string;
  readonly #notes: ConstantsNotes;
  /** Offsets found in G0, G1, G2; undefined for a stage without pedestals. */
  readonly #offsets: (number | undefined)[] = [];
  /** Stages whose maps hold pedestals, and stages whose maps hold none. */
  readonly #seen = new Set<ConstantsStage>();
  readonly #empty: ConstantsStage[] = [];

  constructor(to: ConstantsSink, moduleIndex: number, where: string, notes: ConstantsNotes) {
    this.#to = to;
    this.#moduleIndex = moduleIndex;
    this.#where = where;
    this.#notes = notes;
  }

  /**
   * @param map   [512, 1024]; may be overwritten
   * @param name  of the map in the file, for messages: `/gain0`
   * @throws {CalibrationError} CALIBRATION_VALUES
   */
  write(map: ArrayLike<number>, stage: ConstantsStage, name: string): void {
    const where = `${this.#where}: ${name}`;
    const gainStage = GAIN_STAGE[stage];
    const offset = findPedestalOffset(map, gainStage);
    if (offset === undefined) {
      throw new CalibrationError(
        "CALIBRATION_VALUES",
        `${where} holds neither ADC values (0 to 16383) nor words with the gain bits of G${gainStage}; its first value is ` +
          `${map[0]}. Check that its maps are in the order of the gain stages.`,
      );
    }
    // The map may be overwritten: most files hold float32, and then no second array is needed.
    const pedestals = map instanceof Float32Array ? map : new Float32Array(MODULE_PIXELS);
    let usable = 0;
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      const pedestal = adcPedestal(map[pixel] as number, offset);
      pedestals[pixel] = pedestal;
      if (!Number.isNaN(pedestal)) usable++;
    }
    if (usable > 0) {
      this.#seen.add(stage);
      noteMissing(MODULE_PIXELS - usable, `pedestal in ${stage.toUpperCase()}`, where, this.#notes);
    } else if (stage === "hg0") {
      // The file has a map for HG0 even if its darks were not recorded.
      return;
    } else {
      this.#empty.push(stage);
    }
    if (stage !== "hg0") this.#offsets[gainStage] = usable === 0 ? undefined : offset;
    this.#to.setPedestals(this.#moduleIndex, stage, pedestals);
  }

  /**
   * Check the maps together, after the last one, and warn of stages without pedestals and of a mixture of kinds.
   *
   * @returns the kind of the maps, for the log
   * @throws {CalibrationError} CALIBRATION_VALUES if neither G0 nor HG0 has pedestals
   */
  finish(): string {
    const stages = this.#empty.map((stage) => stage.toUpperCase()).join(", ");
    if (!this.#seen.has("g0") && !this.#seen.has("hg0")) {
      throw new CalibrationError(
        "CALIBRATION_VALUES",
        `${this.#where} holds no pedestals in ${stages}. Record darks in all gain stages.`,
      );
    }
    if (stages !== "") {
      this.#notes.warn(
        `${this.#where} holds no pedestals in ${stages}: pixels in such a stage will be bad. Record darks in all gain stages.`,
      );
    }
    return this.#describeKind();
  }

  #describeKind(): string {
    const offsets = this.#offsets;
    const kind = PEDESTAL_KINDS.find((candidate) =>
      candidate.offsets.every((offset, stage) => offsets[stage] === undefined || offset === offsets[stage]),
    );
    if (kind !== undefined) return kind.name;
    this.#notes.warn(
      `${this.#where} mixes pedestals of different kinds. Was it combined from several files?`,
    );
    return `of mixed kinds: offsets ${offsets.join(", ")} ADU in G0, G1, G2`;
  }
}
