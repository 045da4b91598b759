import type {
  DataSource,
  DataSourceArguments,
  DataSourceDescription,
  MonitorParameters,
  ParameterAddress,
} from "../api/index.js";
import { ConfigurationError } from "../errors.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../injection.js";
import { DATA_RETRIEVAL_LAYER } from "../settings/index.js";

/**
 * A number from the configuration, the same for every event: `data_retrieval_layer.<name>`.
 *
 * The key may carry its unit: for `fallback_beam_energy`, `fallback_beam_energy_in_eV` is the same thing.
 */
@injectable()
export class FloatEntryFromConfiguration implements DataSource<number> {
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  #value = Number.NaN;
  /** Where the value was found. */
  #address: ParameterAddress | undefined;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) { dataSourceName, monitorParameters }: DataSourceArguments) {
    this.#name = dataSourceName;
    this.#parameters = monitorParameters;
  }

  /** @throws {ConfigurationError} CONFIGURATION_MISSING_KEY, _WRONG_TYPE, or _BAD_VALUE for two spellings at once */
  initializeDataSource(): void {
    const keys = Object.keys(this.#parameters.getParameterGroup({ group: DATA_RETRIEVAL_LAYER })).filter(
      (key) => key === this.#name || key.startsWith(`${this.#name}_in_`),
    );
    if (keys.length > 1) {
      throw new ConfigurationError(
        "CONFIGURATION_BAD_VALUE",
        `${this.#parameters.locate({ group: DATA_RETRIEVAL_LAYER, parameter: keys[1] as string })} says again what ${keys[0]} says. ` +
          "Keep one of them.",
      );
    }
    const address = { group: DATA_RETRIEVAL_LAYER, parameter: keys[0] ?? this.#name };
    const value = this.#parameters.getParameter({ ...address, parameterType: "number" });
    if (value === undefined) {
      throw new ConfigurationError(
        "CONFIGURATION_MISSING_KEY",
        `${this.#parameters.locate(address)} is missing. Add it: a number, whose unit may follow in the key, as in ` +
          "fallback_beam_energy_in_eV or fallback_detector_distance_in_mm.",
      );
    }
    this.#value = value;
    this.#address = address;
  }

  getData(): number {
    return this.#value;
  }

  describe(): DataSourceDescription {
    if (this.#address === undefined) return { returns: { dtype: "float64", shape: [] } };
    const { parameter } = this.#address;
    const unit = parameter.startsWith(`${this.#name}_in_`)
      ? parameter.slice(`${this.#name}_in_`.length)
      : undefined;
    const value = Number.isFinite(this.#value) ? this.#value : null;
    const where = this.#parameters.locate(this.#address);
    return {
      returns: { dtype: "float64", shape: [], unit },
      facts: [{ name: "value", title: "value", value, unit, where }],
    };
  }
}
