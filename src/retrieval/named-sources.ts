import type { DataSource, DataSourceFactory, MonitorParameters, Registry } from "../api/index.js";
import { ConfigurationError, disposeOfAll, FaultCollector, messageOf } from "../errors.js";
import { addressOf, CONFIGURATION_KEYS, readSetting } from "../settings/index.js";

const { requiredData: REQUIRED_DATA, dataSources: DATA_SOURCES } = CONFIGURATION_KEYS;

/** The data source of a name in `required_data`. */
interface NamedSource {
  /** The name with which a plugin has registered the factory. */
  readonly factory: string;
  /** Prefix of the source's configuration keys. */
  readonly dataSourceName: string;
}

/** The names that need no entry in `data_sources`: OM's, with OM's prefixes. */
export const DEFAULT_SOURCES = {
  timestamp: { factory: "TimestampJungfrau1MZmq", dataSourceName: "timestamp" },
  event_id: { factory: "EventIdJungfrau1MZmq", dataSourceName: "event_id" },
  detector_data: { factory: "Jungfrau1MZmq", dataSourceName: "detector" },
  beam_energy: { factory: "FloatEntryFromConfiguration", dataSourceName: "fallback_beam_energy" },
  detector_distance: { factory: "FloatEntryFromConfiguration", dataSourceName: "fallback_detector_distance" },
} as const satisfies Readonly<Record<string, NamedSource>>;

/** Builds data sources by their names in a configuration. */
export class NamedSources {
  readonly #parameters: MonitorParameters;
  readonly #factories: Registry<DataSourceFactory>;
  #known: ReadonlyMap<string, NamedSource> = new Map();
  /** By their names in `required_data`, in that order, including those whose initialisation failed. */
  readonly #required = new Map<string, DataSource<unknown>>();
  /** Other sources that were requested. */
  readonly #others = new Map<string, Promise<DataSource<unknown>>>();

  /** @param factories  of all plugins */
  constructor(parameters: MonitorParameters, factories: Registry<DataSourceFactory>) {
    this.#parameters = parameters;
    this.#factories = factories;
  }

  get required(): ReadonlyMap<string, DataSource<unknown>> {
    return this.#required;
  }

  /**
   * Build and initialise the required sources, in the configuration's order and each once.
   *
   * @throws every fault of names and sources together
   */
  async buildRequired(): Promise<void> {
    const parameters = this.#parameters;
    const faults = new FaultCollector();
    this.#required.clear();
    this.#known = faults.attempt(() => namedSources(parameters)) ?? new Map(Object.entries(DEFAULT_SOURCES));
    for (const named of this.#known) faults.attempt(() => refuseNested(named, parameters));
    const required = new Set(faults.attempt(() => readSetting(parameters, REQUIRED_DATA)));
    for (const name of required) {
      await faults.attemptAsync(async () => {
        const source = newSource(name, this.#known, parameters, this.#factories);
        checkOrder(name, source, this.#required, parameters);
        this.#required.set(name, source);
        await source.initializeDataSource();
      });
    }
    faults.throwIfAny();
  }

  /**
   * A source by its name, required or not.
   *
   * @returns undefined if the configuration has no source of that name
   * @throws errors of building and initialising it
   */
  async get(name: string): Promise<DataSource<unknown> | undefined> {
    const required = this.#required.get(name);
    if (required !== undefined || !this.#known.has(name)) return required;
    const built = this.#others.get(name) ?? this.#build(name);
    this.#others.set(name, built);
    return built;
  }

  /** May be repeated. */
  dispose(): void {
    disposeOfAll([...this.#required.values()].map((source) => () => source.dispose?.()));
    for (const other of this.#others.values())
      other.then(
        (source) => source.dispose?.(),
        () => undefined,
      );
  }

  async #build(name: string): Promise<DataSource<unknown>> {
    const source = newSource(name, this.#known, this.#parameters, this.#factories);
    await source.initializeDataSource();
    return source;
  }
}

/** All names that are allowed in `required_data`. @throws every fault of those that the configuration adds */
function namedSources(parameters: MonitorParameters): Map<string, NamedSource> {
  const added = Object.entries(readSetting(parameters, DATA_SOURCES));
  return new Map<string, NamedSource>([
    ...Object.entries(DEFAULT_SOURCES),
    ...added.map(([name, factory]) => [name, { factory, dataSourceName: name }] as const),
  ]);
}

/**
 * OM's branch of 2024 nests the keys of a source under its name. Here they are flat.
 *
 * @throws {ConfigurationError} CONFIGURATION_BAD_VALUE with the flat spelling
 */
function refuseNested(
  [name, { dataSourceName }]: readonly [string, NamedSource],
  parameters: MonitorParameters,
): void {
  const address = { group: REQUIRED_DATA.group, parameter: name };
  const nested = parameters.getParameterGroup(address)[name];
  if (typeof nested !== "object" || nested === null || Array.isArray(nested)) return;
  const flat = Object.entries(nested).map(
    ([key, value]) => `'${dataSourceName}_${key}: ${JSON.stringify(value)}'`,
  );
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} holds the keys of a data source, as in a version of OM. Here, they are not nested: write ` +
      `${flat.join(", ") || `'${dataSourceName}_…' for each`}.`,
  );
}

function newSource(
  name: string,
  known: ReadonlyMap<string, NamedSource>,
  monitorParameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
): DataSource<unknown> {
  const named = known.get(name);
  if (named === undefined) {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${monitorParameters.locate(addressOf(REQUIRED_DATA))} names '${name}'. Known names: ${[...known.keys()].join(", ")}. ` +
        `Correct the name, or define it under data_sources: '${name}: NAME_OF_A_DATA_SOURCE'.`,
    );
  }
  const { dataSourceName } = named;
  return factoryOf(name, named, monitorParameters, factories)({ dataSourceName, monitorParameters });
}

/** @throws {ConfigurationError} CONFIGURATION_BAD_VALUE with the text of the registry, which knows all names */
function factoryOf(
  name: string,
  { factory }: NamedSource,
  parameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
): DataSourceFactory {
  try {
    return factories.get(factory);
  } catch (error) {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${parameters.locate(addressOf(DATA_SOURCES))} defines '${name}': ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** A source that depends on others must come after them. */
function checkOrder(
  name: string,
  { dependsOn = [] }: DataSource<unknown>,
  before: ReadonlyMap<string, unknown>,
  parameters: MonitorParameters,
): void {
  const missing = dependsOn.filter((other) => !before.has(other));
  if (missing.length === 0) return;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(addressOf(REQUIRED_DATA))}: '${name}' depends on ${missing.join(", ")}. List ${missing.join(", ")} before it.`,
  );
}
