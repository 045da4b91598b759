import type { DataSource, DataSourceFactory, MonitorParameters, Registry } from "../api/index.js";
import { addressOf, CONFIGURATION_KEYS } from "../configuration-keys.js";
import { ConfigurationError, type FaultCollector, messageOf } from "../errors.js";

const { requiredData: REQUIRED_DATA, dataSources: DATA_SOURCES } = CONFIGURATION_KEYS;

/** What a name of `required_data` stands for. */
interface NamedSource {
  /** Under which a plugin has registered the factory. */
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

/** A name is a part of keys, so it is written like one. */
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * Build the data sources that the configuration requires, in its order and each once, and initialise them.
 *
 * @param factories    of all plugins
 * @param dataSources  gets the sources by their names in `required_data`; after a fault, also those that failed
 * @param faults       gets every fault of names and sources
 */
export async function buildDataSources(
  parameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
  dataSources: Map<string, DataSource<unknown>>,
  faults: FaultCollector,
): Promise<void> {
  const known = namedSources(parameters, faults);
  const required = new Set(faults.attempt(() => requiredData(parameters)));
  for (const name of required) {
    await faults.attemptAsync(async () => {
      const source = newSource(name, known, parameters, factories);
      checkOrder(name, source, dataSources, parameters);
      dataSources.set(name, source);
      await source.initializeDataSource();
    });
  }
}

/** All names that `required_data` may have. */
function namedSources(parameters: MonitorParameters, faults: FaultCollector): Map<string, NamedSource> {
  const sources = new Map<string, NamedSource>(Object.entries(DEFAULT_SOURCES));
  const address = addressOf(DATA_SOURCES);
  const own = faults.attempt(() =>
    parameters.getParameter({ ...address, parameterType: "map", default: {} }),
  );
  for (const [name, factory] of Object.entries(own ?? {})) {
    faults.attempt(() => {
      if (typeof factory !== "string" || !NAME.test(name)) {
        throw new ConfigurationError(
          "CONFIGURATION_BAD_VALUE",
          `${parameters.locate(address)} has '${name}: ${JSON.stringify(factory)}'. Write the name that the data gets, of ` +
            "letters, digits and _, and that of a data source: 'raw: Jungfrau1MZmq'.",
        );
      }
      sources.set(name, { factory, dataSourceName: name });
    });
  }
  return sources;
}

function requiredData(parameters: MonitorParameters): readonly string[] {
  return parameters.getParameter({
    ...addressOf(REQUIRED_DATA),
    parameterType: "string[]",
    required: true,
  });
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
      `${monitorParameters.locate(addressOf(REQUIRED_DATA))} names '${name}'. Known are ${[...known.keys()].join(", ")}. ` +
        `Correct the name, or say under data_sources what it is: '${name}: NAME_OF_A_DATA_SOURCE'.`,
    );
  }
  return factoryOf(
    name,
    named,
    monitorParameters,
    factories,
  )({
    dataSourceName: named.dataSourceName,
    monitorParameters,
  });
}

/** @throws {ConfigurationError} CONFIGURATION_BAD_VALUE with what the registry says, which knows all names */
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
      `${parameters.locate(addressOf(DATA_SOURCES))} says what '${name}' is: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** A source that is made of others' data comes after them. */
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
    `${parameters.locate(addressOf(REQUIRED_DATA))}: '${name}' is made of ${missing.join(", ")}. Name that before it.`,
  );
}
