import { isDeepStrictEqual } from "node:util";
import type { DataSource, DataSourceArguments, DataSourceDescription } from "../api/index.js";
import type { JungfrauEvent } from "../events/index.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../injection.js";
import { addressOf, CONFIGURATION_KEYS, readSetting } from "../settings/index.js";
import { headerEntry } from "../stream/index.js";

/**
 * A value from the header that came with the frame; `<name>_entry` names it. Either a key of the header
 * itself, such as detSpec3, expLength or progress; or a part of such a key: bunchId, storageCell, gainMode;
 * or a key of its addJsonHeader, where `rx_jsonpara` puts a beamline's own values: laser on or off, a diode,
 * a sample's name.
 *
 * If the modules disagree, the upper module's value is used, and the disagreement is counted.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/zmqjsonheaderformat.html
 */
@injectable()
export class HeaderEntryJungfrau1MZmq implements DataSource<unknown> {
  readonly #arguments: DataSourceArguments;
  #entry: string | undefined;
  #disagreements = 0;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) args: DataSourceArguments) {
    this.#arguments = args;
  }

  /** @throws {ConfigurationError} CONFIGURATION_MISSING_KEY, _WRONG_TYPE, _BAD_VALUE */
  initializeDataSource(): void {
    const { dataSourceName, monitorParameters } = this.#arguments;
    this.#entry = readSetting(monitorParameters, CONFIGURATION_KEYS.headerEntry, dataSourceName);
  }

  /** @returns a number if the text is one, else the header's value; null if no header has the entry */
  getData({ event }: { event: JungfrauEvent }): unknown {
    const entry = this.#entry ?? "";
    const values = event.frames
      .map((frame) => headerEntry(frame, entry))
      .filter((value) => value !== undefined);
    const [value = null, ...others] = values;
    if (!others.every((other) => isDeepStrictEqual(other, value))) this.#disagreements += 1;
    return value;
  }

  counters(): Record<string, number> {
    return { [`${this.#arguments.dataSourceName}_disagreements`]: this.#disagreements };
  }

  describe(): DataSourceDescription {
    if (this.#entry === undefined) return {};
    const { dataSourceName, monitorParameters } = this.#arguments;
    const where = monitorParameters.locate(addressOf(CONFIGURATION_KEYS.headerEntry, dataSourceName));
    return {
      returns: { dtype: "float64 | string", shape: [] },
      facts: [{ name: "entry", title: "header entry", value: this.#entry, where }],
    };
  }
}
