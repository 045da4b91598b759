import type { DataSource, DataSourceFactory, MonitorParameters, Registry } from "../api/index.js";
import { choice } from "../data-sources/index.js";
import { ConfigurationError, FaultCollector } from "../errors.js";
import type { DeliveryPolicy } from "../events/index.js";
import { parseSource } from "../stream/index.js";
import { REQUIRED_SOURCES } from "./required-data.js";

const GROUP = "data_retrieval_layer";
const DEFAULT_PAIRING_WINDOW = 64;

/** What an event handler runs with. */
export interface RetrievalSettings {
  /** One a port. */
  readonly urls: readonly string[];
  readonly delivery: DeliveryPolicy;
  readonly incompleteFrames: "mark" | "drop";
  readonly windowSize: number;
  /** Initialised sources by their names in `required_data`. */
  readonly dataSources: ReadonlyMap<string, DataSource<unknown>>;
}

/**
 * Read the configuration, and build and initialise the data sources that it requires.
 *
 * @throws every fault of source string, configuration and constants together
 */
export async function initializeRetrieval(
  source: string,
  parameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
): Promise<RetrievalSettings> {
  const faults = new FaultCollector();
  const urls = faults.attempt(() => parseSource(source));
  const delivery = faults.attempt(() =>
    choice<DeliveryPolicy>(parameters, { group: GROUP, parameter: "delivery" }, ["latest", "all"]),
  );
  const incompleteFrames = faults.attempt(() =>
    choice<"mark" | "drop">(parameters, { group: GROUP, parameter: "incomplete_frames" }, ["mark", "drop"]),
  );
  const windowSize = faults.attempt(() => pairingWindow(parameters));

  const dataSources = new Map<string, DataSource<unknown>>();
  for (const name of faults.attempt(() => requiredData(parameters)) ?? []) {
    await faults.attemptAsync(async () => {
      dataSources.set(name, await initializedSource(name, parameters, factories));
    });
  }
  faults.throwIfAny();
  return { urls, delivery, incompleteFrames, windowSize, dataSources } as RetrievalSettings;
}

async function initializedSource(
  name: string,
  monitorParameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
): Promise<DataSource<unknown>> {
  const required = Object.hasOwn(REQUIRED_SOURCES, name) ? REQUIRED_SOURCES[name] : undefined;
  if (required === undefined) {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${monitorParameters.locate({ group: GROUP, parameter: "required_data" })} names '${name}'. ` +
        `Known are ${Object.keys(REQUIRED_SOURCES).join(", ")}.`,
    );
  }
  const { factory, dataSourceName } = required;
  const dataSource = factories.get(factory)({ dataSourceName, monitorParameters });
  await dataSource.initializeDataSource();
  return dataSource;
}

function requiredData(parameters: MonitorParameters): readonly string[] {
  return parameters.getParameter({
    group: GROUP,
    parameter: "required_data",
    parameterType: "string[]",
    required: true,
  });
}

function pairingWindow(parameters: MonitorParameters): number {
  const address = { group: GROUP, parameter: "pairing_window" };
  const value = parameters.getParameter({
    ...address,
    parameterType: "number",
    default: DEFAULT_PAIRING_WINDOW,
  });
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write a whole number of frames, 1 or more.`,
  );
}
