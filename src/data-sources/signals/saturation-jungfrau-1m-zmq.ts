import type {
  DataSource,
  DataSourceArguments,
  DataSourceDescription,
  ExtractionArguments,
} from "../../api/index.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../../injection.js";
import { addressOf, CONFIGURATION_KEYS, readSetting } from "../../settings/index.js";
import { frameName, frameOf } from "./signal-frame.js";

/** Value of a `SaturationJungfrau1MZmq`: numbers of pixels, without masked and missing ones. */
export interface Saturation {
  readonly g1: number;
  /** Saturated ones included. */
  readonly g2: number;
  /** At the end of G2. */
  readonly saturated: number;
  /** Within `<name>_margin_adu` of the end of G2, or at it. */
  readonly near_limit: number;
}

/**
 * The alarm's limit for pixels near the end of G2. SLAC stops the beam at 10 to 20 pixels more than without
 * beam.
 */
const ALARM_PIXELS = 20;
const ADVICE = "Attenuate the beam: it may damage the detector.";

/**
 * The number of pixels that have left G0, and of those near the end of the detector's range, as when a beam
 * stop has moved. They are counted in the words of the event, so raw and calibrated frames give the same
 * numbers.
 */
@injectable()
export class SaturationJungfrau1MZmq implements DataSource<Saturation> {
  readonly #arguments: DataSourceArguments;
  #frame = "";
  #marginAdu = Number.NaN;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) args: DataSourceArguments) {
    this.#arguments = args;
  }

  get dependsOn(): readonly string[] {
    return [frameName(this.#arguments)];
  }

  /** @throws {ConfigurationError} CONFIGURATION_WRONG_TYPE, _BAD_VALUE */
  initializeDataSource(): void {
    const { dataSourceName, monitorParameters } = this.#arguments;
    this.#frame = frameName(this.#arguments);
    this.#marginAdu = readSetting(monitorParameters, CONFIGURATION_KEYS.saturationMargin, dataSourceName);
  }

  getData(args: ExtractionArguments): Saturation {
    const { g1, g2, saturated, nearLimit } = frameOf(args, this.#frame).countGainStages(this.#marginAdu);
    return { g1, g2, saturated, near_limit: nearLimit };
  }

  describe(): DataSourceDescription {
    if (Number.isNaN(this.#marginAdu)) return {};
    const { dataSourceName, monitorParameters } = this.#arguments;
    const where = monitorParameters.locate(addressOf(CONFIGURATION_KEYS.saturationMargin, dataSourceName));
    return {
      signals: ["g1", "g2", "saturated", "near_limit"],
      alarms: [{ signal: "near_limit", above: ALARM_PIXELS, advice: ADVICE }],
      facts: [{ name: "margin", title: "margin", value: this.#marginAdu, unit: "ADU", where }],
    };
  }
}
