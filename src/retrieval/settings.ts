import type { DataSource, DataSourceFactory, MonitorParameters, Registry } from "../api/index.js";
import { choice } from "../data-sources/index.js";
import { ConfigurationError, FaultCollector } from "../errors.js";
import { type DeliveryPolicy, INTAKE_DEFAULTS, type IntakeSettings } from "../events/index.js";
import { clientKeys } from "../security/index.js";
import { type CurveClientKeys, parseSource } from "../stream/index.js";
import { REQUIRED_SOURCES } from "./required-data.js";

const GROUP = "data_retrieval_layer";
const MIB = 2 ** 20;
/** More than any machine could hold, 1 MiB each; it stands in the schema too. */
const MAX_MESSAGES = 100_000;

/**
 * Read the configuration, and build and initialise the data sources that it requires.
 *
 * @param source       undefined for a check without one; then there are no URLs
 * @param dataSources  gets the sources by their names in `required_data`; after a fault, also those that failed
 * @throws every fault of source string, configuration and constants together
 */
export async function initializeRetrieval(
  source: string | undefined,
  parameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
  dataSources: Map<string, DataSource<unknown>>,
): Promise<IntakeSettings> {
  const faults = new FaultCollector();
  const urls = faults.attempt(() => (source === undefined ? [] : parseSource(source)));
  const delivery = faults.attempt(() =>
    choice<DeliveryPolicy>(parameters, { group: GROUP, parameter: "delivery" }, ["latest", "all"]),
  );
  const incompleteFrames = faults.attempt(() =>
    choice<"mark" | "drop">(parameters, { group: GROUP, parameter: "incomplete_frames" }, ["mark", "drop"]),
  );
  const windowSize = faults.attempt(() => count(parameters, "pairing_window", INTAKE_DEFAULTS.windowSize));
  const highWaterMark = faults.attempt(() =>
    count(parameters, "receive_high_water_mark", INTAKE_DEFAULTS.highWaterMark),
  );
  const queueBytes = faults.attempt(() => deliveryQueueBytes(parameters));
  const keys = await faults.attemptAsync(() => curveKeys(parameters));

  for (const name of faults.attempt(() => requiredData(parameters)) ?? []) {
    await faults.attemptAsync(async () => {
      const dataSource = newSource(name, parameters, factories);
      dataSources.set(name, dataSource);
      await dataSource.initializeDataSource();
    });
  }
  faults.throwIfAny();
  return { urls, delivery, queueBytes, incompleteFrames, windowSize, highWaterMark, keys } as IntakeSettings;
}

function newSource(
  name: string,
  monitorParameters: MonitorParameters,
  factories: Registry<DataSourceFactory>,
): DataSource<unknown> {
  const required = Object.hasOwn(REQUIRED_SOURCES, name) ? REQUIRED_SOURCES[name] : undefined;
  if (required === undefined) {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${monitorParameters.locate({ group: GROUP, parameter: "required_data" })} names '${name}'. ` +
        `Known are ${Object.keys(REQUIRED_SOURCES).join(", ")}.`,
    );
  }
  const { factory, dataSourceName } = required;
  return factories.get(factory)({ dataSourceName, monitorParameters });
}

function requiredData(parameters: MonitorParameters): readonly string[] {
  return parameters.getParameter({
    group: GROUP,
    parameter: "required_data",
    parameterType: "string[]",
    required: true,
  });
}

function count(parameters: MonitorParameters, parameter: string, defaultValue: number): number {
  const address = { group: GROUP, parameter };
  const value = parameters.getParameter({ ...address, parameterType: "number", default: defaultValue });
  if (Number.isInteger(value) && value >= 1 && value <= MAX_MESSAGES) return value;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write a whole number of frames, 1 to ${MAX_MESSAGES}.`,
  );
}

function deliveryQueueBytes(parameters: MonitorParameters): number {
  const address = { group: GROUP, parameter: "delivery_queue_mib" };
  const value = parameters.getParameter({
    ...address,
    parameterType: "number",
    default: INTAKE_DEFAULTS.queueBytes / MIB,
  });
  if (value > 0 && Number.isFinite(value)) return value * MIB;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write a number of MiB above 0.`,
  );
}

/** @throws {StreamError} STREAM_KEY_FILE */
function curveKeys(parameters: MonitorParameters): Promise<CurveClientKeys | undefined> {
  const path = (parameter: string) => {
    const name = parameters.getParameter({ group: GROUP, parameter, parameterType: "string" });
    return name && parameters.resolvePath(name);
  };
  return clientKeys(path("curve_server_key_file"), path("curve_key_file"));
}
