import type {
  DataSource,
  DataSourceArguments,
  DataSourceDescription,
  ExtractionArguments,
} from "../../api/index.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../../injection.js";
import { addressOf, CONFIGURATION_KEYS, readSettings } from "../../settings/index.js";
import { frameName, frameOf } from "./signal-frame.js";

/** Value of a `LitPixelsJungfrau1MZmq`. */
export interface LitPixels {
  /** Good pixels above `<name>_threshold`. */
  readonly lit: number;
  /** Whether these are at least `<name>_minimum`. */
  readonly hit: boolean;
}

const KEYS = { threshold: CONFIGURATION_KEYS.litThreshold, minimum: CONFIGURATION_KEYS.litMinimum };

/** The number of lit pixels of a frame, and whether the frame is a hit. */
@injectable()
export class LitPixelsJungfrau1MZmq implements DataSource<LitPixels> {
  readonly #arguments: DataSourceArguments;
  #frame = "";
  #threshold = Number.NaN;
  #minimum = Number.NaN;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) args: DataSourceArguments) {
    this.#arguments = args;
  }

  get dependsOn(): readonly string[] {
    return [frameName(this.#arguments)];
  }

  /** @throws every fault of its keys together */
  initializeDataSource(): void {
    const { dataSourceName, monitorParameters } = this.#arguments;
    const { threshold, minimum } = readSettings(monitorParameters, KEYS, dataSourceName);
    this.#frame = frameName(this.#arguments);
    this.#threshold = threshold;
    this.#minimum = minimum;
  }

  getData(args: ExtractionArguments): LitPixels {
    const lit = frameOf(args, this.#frame).countAbove(this.#threshold);
    return { lit, hit: lit >= this.#minimum };
  }

  describe(): DataSourceDescription {
    const { dataSourceName, monitorParameters } = this.#arguments;
    const where = (key: (typeof KEYS)[keyof typeof KEYS]) =>
      monitorParameters.locate(addressOf(key, dataSourceName));
    if (Number.isNaN(this.#threshold)) return {};
    return {
      signals: ["lit", "hit"],
      facts: [
        { name: "threshold", title: "threshold", value: this.#threshold, where: where(KEYS.threshold) },
        {
          name: "minimum",
          title: "lit pixels of a hit",
          value: this.#minimum,
          unit: "pixels",
          where: where(KEYS.minimum),
        },
      ],
    };
  }
}
