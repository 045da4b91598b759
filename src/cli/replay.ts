import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { SimulatorError } from "../errors.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { withHostName } from "../http/index.js";
import { openRecording, type Recording, recordingsOf } from "../recordings/index.js";
import { serverKeys } from "../security/index.js";
import { DetectorPorts, portCountOf, type Release, replay } from "../simulator/index.js";
import { FaultLog, tcpUrl } from "../stream/index.js";
import { aborted } from "./aborted.js";
import { monitorCommand, monitorKeys } from "./monitor-command.js";
import { StartUpError } from "./start-up-error.js";
import { warnIfUnencrypted } from "./unencrypted.js";

const PROGRESS_INTERVAL_MS = 5000;
/** Where receivers listen by default; the next ports follow. */
const FIRST_PORT = 30001;

export interface ReplayCommandOptions {
  /** Recordings, or lists of them. */
  readonly files: readonly string[];
  readonly host: string;
  /** One for each port of the recordings; undefined for the default. */
  readonly ports?: readonly number[] | undefined;
  /** Undefined to use the times of the recordings. */
  readonly rateHz?: number | undefined;
  readonly release: Release;
  readonly loop: boolean;
  /** Hold the first frame back until a monitor has subscribed to every stream. */
  readonly wait: boolean;
  /** Keep the ports open after the last frame, until the signal aborts. */
  readonly stay: boolean;
  /** The detector's own key pair, and the public keys of the clients that are accepted. */
  readonly curveKey?: string | undefined;
  readonly curveClients?: readonly string[] | undefined;
  readonly json: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called at the end of the start-up: from then on the command ends cleanly when the signal aborts. */
  readonly onStart?: () => void;
}

/** Play recordings as a detector until they end, or the signal aborts. */
export async function runReplay(options: ReplayCommandOptions): Promise<void> {
  const { logger, signal, curveKey, curveClients } = options;
  const { recordings, ports } = await StartUpError.around(() => start(options));
  options.onStart?.();
  try {
    const source = withHostName(ports.source);
    const ready = { source, configuration: "monitor.yaml", ...monitorKeys(curveKey, curveClients) };
    if (options.json) process.stdout.write(`${JSON.stringify({ source })}\n`);
    else process.stdout.write(`${monitorCommand(ready)}\n`);
    if (options.wait) {
      logger.info("Waiting for a monitor to subscribe to every stream");
      await Promise.race([ports.subscribed(), aborted(signal)]);
    }
    const total = recordings.reduce((sum, { length }) => sum + length, 0);
    const of = options.loop ? "" : ` of ${total}`;
    let sent = 0;
    const progress = setInterval(() => logger.info(`Sent ${sent}${of} exposures`), PROGRESS_INTERVAL_MS);
    try {
      await replay(ports, {
        ...options,
        recordings,
        clock: SYSTEM_CLOCK,
        onExposure: () => {
          sent += 1;
        },
      });
    } finally {
      clearInterval(progress);
    }
    if (options.stay && !signal.aborted) {
      logger.info(`Sent ${sent} exposures and the end messages; the ports stay open until Ctrl-C`);
      await aborted(signal);
    }
    logger.info(`Ended after ${sent} exposures`);
  } finally {
    ports.close();
    for (const recording of recordings) recording.close();
  }
}

async function start(options: ReplayCommandOptions) {
  const { files, host, logger, curveKey, curveClients } = options;
  const keys = serverKeys(curveKey, curveClients, (message) => logger.warn(message));
  const recordings: Recording[] = [];
  try {
    for (const file of files) {
      const { paths, notes } = await recordingsOf(file);
      for (const note of notes) logger.warn(note);
      for (const path of paths) recordings.push(await openRecording(path, JUNGFRAU_1M));
    }
    for (const note of recordings.flatMap((one) => one.notes)) logger.warn(note);
    const portCount = portCountOf(recordings);
    const faultLog = new FaultLog(logger, SYSTEM_CLOCK);
    const ports = await DetectorPorts.bind(
      portNumbers(options, portCount).map((port) => tcpUrl({ host, port })),
      keys,
      (message) => faultLog.warn(message, message),
    );
    warnIfUnencrypted(ports.source.split(","), keys, logger);
    return { recordings, ports };
  } catch (error) {
    for (const recording of recordings) recording.close();
    throw error;
  }
}

/** @throws {SimulatorError} SIMULATOR_CANNOT_LISTEN if their number does not match the recordings' */
function portNumbers({ ports }: ReplayCommandOptions, portCount: number): readonly number[] {
  if (ports === undefined) return Array.from({ length: portCount }, (_, index) => FIRST_PORT + index);
  if (ports.length === portCount) return ports;
  throw new SimulatorError(
    "SIMULATOR_CANNOT_LISTEN",
    `The recordings have ${portCount} ports, and --ports names ${ports.length}. Name ${portCount}, with commas.`,
  );
}
