import type { MonitorParameters } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { FaultCollector } from "../errors.js";
import type { IntakeSettings } from "../events/index.js";
import { PLAYBACK_DEFAULTS, type Playback } from "../recordings/index.js";
import { clientKeys } from "../security/index.js";
import { addressOf, CONFIGURATION_KEYS as KEYS, readSetting, readSettings } from "../settings/index.js";
import {
  type CurveClientKeys,
  type OpenModuleStream,
  parseSource,
  type Source,
  type SourceKind,
} from "../stream/index.js";

const INTAKE_KEYS = {
  delivery: KEYS.delivery,
  incompleteFrames: KEYS.incompleteFrames,
  windowSize: KEYS.pairingWindow,
  highWaterMark: KEYS.receiveHighWaterMark,
  frameNumberStep: KEYS.frameNumberStep,
  queueMiB: KEYS.deliveryQueueMiB,
};
const KEY_FILES = { server: KEYS.curveServerKeyFile, own: KEYS.curveKeyFile };
const { last: LAST } = KEYS.playback.schema.properties;
const MIB = 2 ** 20;
const NO_STREAMS: Source = { kind: "ports", urls: [] };

/** How events are read, and how their streams are opened. */
export interface RetrievalSettings extends IntakeSettings {
  readonly openModuleStream: OpenModuleStream;
}

/** Opens the streams of a kind of source; recordings are played according to the configuration. */
export type OpenerOf = (kind: SourceKind, playback: Playback) => OpenModuleStream;

/**
 * Read the settings that determine how events are read from the streams.
 *
 * @param source     undefined for a check without one; then there are no URLs
 * @param openerOf   its check finds faults of addresses and files
 * @param warn       called for settings that are allowed, but probably unintended
 * @throws every fault of source string and configuration together
 */
export async function retrievalSettings(
  layout: DetectorLayout,
  source: string | undefined,
  parameters: MonitorParameters,
  openerOf: OpenerOf,
  warn: (message: string) => void,
): Promise<RetrievalSettings> {
  const faults = new FaultCollector();
  const streams = faults.attempt(() => (source === undefined ? NO_STREAMS : parseSource(source, layout)));
  const playback = faults.attempt(() => playbackOf(parameters)) ?? PLAYBACK_DEFAULTS;
  const { kind, urls } = streams ?? NO_STREAMS;
  const openModuleStream = openerOf(kind, playback);
  if (urls.length > 0) await faults.attemptAsync(() => openModuleStream.check?.(urls));
  const intake = faults.attempt(() => readSettings(parameters, INTAKE_KEYS));
  const keys = await faults.attemptAsync(() => curveKeys(parameters, warn));
  faults.throwIfAny();
  const { queueMiB, ...settings } = intake as NonNullable<typeof intake>;
  return { layout, kind, urls, ...settings, queueBytes: queueMiB * MIB, keys, openModuleStream };
}

/** @throws {ConfigurationError} as `readSetting` */
function playbackOf(parameters: MonitorParameters): Playback {
  const { rate_hz: rateHz, unpaced, first, last, every, loop } = readSetting(parameters, KEYS.playback);
  return {
    rate: unpaced ? "max" : rateHz || "recorded",
    first: BigInt(first),
    last: last === LAST.default ? PLAYBACK_DEFAULTS.last : BigInt(last),
    every,
    loop,
  };
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
