import type { DataSourceDescription, MonitorParameters } from "../api/index.js";
import { nearName } from "../configuration/index.js";
import { ConfigurationError, FaultCollector } from "../errors.js";
import { addressOf, CONFIGURATION_KEYS, readSetting } from "../settings/index.js";
import { STREAM_SIGNALS } from "./stream-signals.js";

/** When an alarm is raised. */
export interface AlarmSettings {
  readonly name: string;
  readonly signal: string;
  /** At least one of the two. */
  readonly above: number | undefined;
  readonly below: number | undefined;
  /** How long the signal must be beyond its limit without interruption; 0 for at once. */
  readonly forSeconds: number;
  /** Whether `/healthz` returns 503 while it is raised. */
  readonly healthz: boolean;
  /** Advice when it is raised: a sentence, or empty. */
  readonly advice: string;
}

const { alarm: ALARM } = CONFIGURATION_KEYS;

/** The alarms of a configuration. @throws all faults together */
export function configuredAlarms(parameters: MonitorParameters): AlarmSettings[] {
  const faults = new FaultCollector();
  const names = Object.keys(parameters.getParameterGroup({ group: ALARM.group }));
  const alarms = names.map((name) => faults.attempt(() => readAlarm(parameters, name)));
  faults.throwIfAny();
  return alarms as AlarmSettings[];
}

function readAlarm(parameters: MonitorParameters, name: string): AlarmSettings {
  // The schema has no defaults for some of its keys.
  const alarm: Partial<ReturnType<typeof readSetting<typeof ALARM>>> = readSetting(parameters, ALARM, name);
  const { signal, above, below, for_seconds: forSeconds = 0, healthz = false } = alarm ?? {};
  if (signal === undefined || (above === undefined && below === undefined)) {
    throw fault(parameters, name, "has no limit. Write above or below, such as {signal: lit.lit, above: 20}");
  }
  if (above !== undefined && below !== undefined && below > above) {
    throw fault(parameters, name, `is raised by any value: below is ${below}, and above ${above}. Swap them`);
  }
  return { name, signal, above, below, forSeconds, healthz, advice: "" };
}

/**
 * Check that the signals of alarms can exist, and add the default alarms of data sources.
 *
 * @param data  descriptions of the required data, by name; undefined if unknown
 * @throws every alarm whose signal no required data can have
 */
export function alarmsFor(
  configured: readonly AlarmSettings[],
  data: Readonly<Record<string, DataSourceDescription>> | undefined,
  parameters: MonitorParameters,
): AlarmSettings[] {
  if (data === undefined) return [...configured];
  const faults = new FaultCollector();
  for (const { name, signal } of configured)
    faults.attempt(() => checkSignal(parameters, name, signal, data));
  faults.throwIfAny();
  const described = Object.entries(data).flatMap(([name, { alarms = [] }]) =>
    alarms.map(({ signal: key, above, advice }) => {
      const signal = `${name}.${key}`;
      return { name: signal, signal, above, below: undefined, forSeconds: 0, healthz: false, advice };
    }),
  );
  const adviceOn = (signal: string) => described.find((one) => one.signal === signal)?.advice ?? "";
  // An alarm on the opposite limit does not replace it.
  const isConfigured = (signal: string) =>
    configured.some((one) => one.signal === signal && one.above !== undefined);
  return [
    ...configured.map((one) => ({ ...one, advice: adviceOn(one.signal) })),
    ...described.filter(({ signal }) => !isConfigured(signal)),
  ];
}

/** @throws {ConfigurationError} CONFIGURATION_BAD_VALUE */
function checkSignal(
  parameters: MonitorParameters,
  name: string,
  signal: string,
  data: Readonly<Record<string, DataSourceDescription>>,
): void {
  const known = [
    ...STREAM_SIGNALS,
    ...Object.entries(data).flatMap(([source, { signals }]) =>
      signals === undefined ? [source] : signals.map((key) => `${source}.${key}`),
    ),
  ];
  const [source = ""] = signal.split(".");
  // A source that does not list its signals may have any.
  if (known.includes(signal) || (source in data && data[source]?.signals === undefined)) return;
  const nearest = nearName(signal, known);
  throw fault(
    parameters,
    name,
    `watches '${signal}', which no data source provides. Known signals: ${known.join(", ")}.` +
      `${nearest === undefined ? "" : ` Did you mean '${nearest}'?`} Other data has to be in required_data`,
  );
}

/** @param what  without a full stop */
function fault(parameters: MonitorParameters, name: string, what: string): ConfigurationError {
  return new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(addressOf(ALARM, name))} ${what}.`,
  );
}
