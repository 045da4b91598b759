import {
  type DataSource,
  type DataSourceArguments,
  type DataSourceDescription,
  LOGGER,
  type Logger,
  type MonitorParameters,
  type ParameterAddress,
} from "../api/index.js";
import { ConfigurationError } from "../errors.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../injection.js";
import { DATA_RETRIEVAL_LAYER, differenceText } from "../settings/index.js";

/**
 * A number from the configuration, the same for every event: `data_retrieval_layer.<name>`.
 *
 * The key may carry its unit: for `fallback_beam_energy`, `fallback_beam_energy_in_eV` is the same, and takes
 * precedence.
 */
@injectable()
export class FloatEntryFromConfiguration implements DataSource<number> {
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  readonly #logger: Logger;
  #value = Number.NaN;
  /** Where the value was found. */
  #address: ParameterAddress | undefined;

  constructor(
    @inject(DATA_SOURCE_ARGUMENTS) { dataSourceName, monitorParameters }: DataSourceArguments,
    @inject(LOGGER) logger: Logger,
  ) {
    this.#name = dataSourceName;
    this.#parameters = monitorParameters;
    this.#logger = logger;
  }

  /** @throws {ConfigurationError} CONFIGURATION_MISSING_KEY, _WRONG_TYPE */
  initializeDataSource(): void {
    const entries = this.#spellings().flatMap((parameter) => {
      const address = { group: DATA_RETRIEVAL_LAYER, parameter };
      const value = this.#parameters.getParameter({ ...address, parameterType: "number" });
      return value === undefined ? [] : [{ address, value }];
    });
    const [found] = entries;
    if (found === undefined) {
      const address = { group: DATA_RETRIEVAL_LAYER, parameter: this.#name };
      throw new ConfigurationError(
        "CONFIGURATION_MISSING_KEY",
        `${this.#parameters.locate(address)} is missing. Add it: a number, whose unit may follow in the key, as in ` +
          "fallback_beam_energy_in_eV or fallback_detector_distance_in_mm.",
      );
    }
    const other = entries.find(({ value }) => value !== found.value);
    if (other !== undefined)
      this.#logger.warn(differenceText(this.#parameters, found.address, other.address));
    this.#value = found.value;
    this.#address = found.address;
  }

  /** Keys that may hold the value; those with a unit first. */
  #spellings(): string[] {
    const keys = Object.keys(this.#parameters.getParameterGroup({ group: DATA_RETRIEVAL_LAYER }));
    return [...keys.filter((key) => key.startsWith(`${this.#name}_in_`)), this.#name];
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
