import type { MonitorParameters } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { FaultCollector } from "../errors.js";
import type { IntakeSettings } from "../events/index.js";
import { clientKeys } from "../security/index.js";
import { addressOf, CONFIGURATION_KEYS as KEYS, readSettings } from "../settings/index.js";
import { type CurveClientKeys, type OpenModuleStream, parseSource, type Source } from "../stream/index.js";

const INTAKE_KEYS = {
  delivery: KEYS.delivery,
  incompleteFrames: KEYS.incompleteFrames,
  windowSize: KEYS.pairingWindow,
  highWaterMark: KEYS.receiveHighWaterMark,
  queueMiB: KEYS.deliveryQueueMiB,
};
const KEY_FILES = { server: KEYS.curveServerKeyFile, own: KEYS.curveKeyFile };
const MIB = 2 ** 20;
const NO_STREAMS: Source = { urls: [], isPairing: false };

/**
 * Read how events are to be taken from the streams.
 *
 * @param source     undefined for a check without one; then there are no URLs
 * @param checkUrls  looks for what is wrong with the streams' addresses; undefined where there is no way to know
 * @param warn       told of what is allowed, but probably not meant
 * @throws every fault of source string and configuration together
 */
export async function retrievalSettings(
  layout: DetectorLayout,
  source: string | undefined,
  parameters: MonitorParameters,
  checkUrls: OpenModuleStream["check"],
  warn: (message: string) => void,
): Promise<IntakeSettings> {
  const faults = new FaultCollector();
  const streams = faults.attempt(() => (source === undefined ? NO_STREAMS : parseSource(source, layout)));
  if (streams !== undefined) await faults.attemptAsync(() => checkUrls?.(streams.urls));
  const intake = faults.attempt(() => readSettings(parameters, INTAKE_KEYS));
  const keys = await faults.attemptAsync(() => curveKeys(parameters, warn));
  faults.throwIfAny();
  const { queueMiB, ...settings } = intake as NonNullable<typeof intake>;
  return { layout, ...(streams ?? NO_STREAMS), ...settings, queueBytes: queueMiB * MIB, keys };
}

/** @throws {StreamError} STREAM_KEY_FILE */
function curveKeys(
  parameters: MonitorParameters,
  warn: (message: string) => void,
): Promise<CurveClientKeys | undefined> {
  const files = readSettings(parameters, KEY_FILES);
  const path = (which: keyof typeof KEY_FILES) =>
    files[which] && parameters.resolvePath(files[which], addressOf(KEY_FILES[which]));
  return clientKeys(path("server"), path("own"), warn);
}
