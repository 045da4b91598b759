import type { MonitorParameters } from "../api/index.js";
import { ConfigurationError, FaultCollector } from "../errors.js";
import type { IntakeSettings } from "../events/index.js";
import { clientKeys } from "../security/index.js";
import { addressOf, CONFIGURATION_KEYS, type ConfigurationKey, choice } from "../settings/index.js";
import { type CurveClientKeys, type OpenModuleStream, parseSource } from "../stream/index.js";

const KEYS = CONFIGURATION_KEYS;
const MIB = 2 ** 20;

/**
 * Read how events are to be taken from the streams.
 *
 * @param source     undefined for a check without one; then there are no URLs
 * @param checkUrls  looks for what is wrong with the streams' addresses; undefined where there is no way to know
 * @param warn       told of what is allowed, but probably not meant
 * @throws every fault of source string and configuration together
 */
export async function retrievalSettings(
  source: string | undefined,
  parameters: MonitorParameters,
  checkUrls: OpenModuleStream["check"],
  warn: (message: string) => void,
): Promise<IntakeSettings> {
  const faults = new FaultCollector();
  const urls = faults.attempt(() => (source === undefined ? [] : parseSource(source)));
  if (urls !== undefined) await faults.attemptAsync(() => checkUrls?.(urls));
  const delivery = faults.attempt(() => choice(parameters, KEYS.delivery));
  const incompleteFrames = faults.attempt(() => choice(parameters, KEYS.incompleteFrames));
  const windowSize = faults.attempt(() => count(parameters, KEYS.pairingWindow));
  const highWaterMark = faults.attempt(() => count(parameters, KEYS.receiveHighWaterMark));
  const queueBytes = faults.attempt(() => deliveryQueueBytes(parameters));
  const keys = await faults.attemptAsync(() => curveKeys(parameters, warn));
  faults.throwIfAny();
  return { urls, delivery, queueBytes, incompleteFrames, windowSize, highWaterMark, keys } as IntakeSettings;
}

function count(
  parameters: MonitorParameters,
  key: typeof KEYS.pairingWindow | typeof KEYS.receiveHighWaterMark,
): number {
  const address = addressOf(key);
  const { minimum, maximum } = key.schema;
  const value = parameters.getParameter({ ...address, parameterType: "number", default: key.schema.default });
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write a whole number of frames, ${minimum} to ${maximum}.`,
  );
}

function deliveryQueueBytes(parameters: MonitorParameters): number {
  const address = addressOf(KEYS.deliveryQueueMiB);
  const { default: usual, exclusiveMinimum } = KEYS.deliveryQueueMiB.schema;
  const value = parameters.getParameter({ ...address, parameterType: "number", default: usual });
  if (value > exclusiveMinimum && Number.isFinite(value)) return value * MIB;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write a number of MiB above ${exclusiveMinimum}.`,
  );
}

/** @throws {StreamError} STREAM_KEY_FILE */
function curveKeys(
  parameters: MonitorParameters,
  warn: (message: string) => void,
): Promise<CurveClientKeys | undefined> {
  const path = (key: ConfigurationKey) => {
    const address = addressOf(key);
    const name = parameters.getParameter({ ...address, parameterType: "string" });
    return name && parameters.resolvePath(name, address);
  };
  return clientKeys(path(KEYS.curveServerKeyFile), path(KEYS.curveKeyFile), warn);
}
