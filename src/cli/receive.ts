import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { monitorMetrics, Output } from "../outputs/index.js";
import { Receiver, type ReceiverOptions, receiverSettings } from "../receiver/index.js";
import { recordsOnly } from "../stream/index.js";
import { type PlaybackOptions, playbackOf } from "./playback.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./terminal/state-log.js";
import { StatusDisplay } from "./terminal/status-display.js";
import { lastLine } from "./terminal/status-line.js";
import { warnIfUnencrypted } from "./unencrypted.js";

export interface ReceiveOptions extends Omit<ReceiverOptions, "playback"> {
  readonly playback?: PlaybackOptions | undefined;
  /** Print only a last line, `{"summary": {counters}}`. */
  readonly json: boolean;
  /** Address to serve metrics on, as `HOST:PORT` or `PORT`. */
  readonly metrics?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called at the end of the start-up: from then on the command ends cleanly when the signal aborts. */
  readonly onStart?: () => void;
}

/**
 * Pair a detector's streams for monitors on this and other machines, until the signal aborts.
 *
 * @throws {StartUpError} before anything runs; other errors of this package while it runs
 */
export async function runReceiver(options: ReceiveOptions): Promise<void> {
  const { signal, json, logger } = options;
  if (!recordsOnly(options.addresses[0] ?? "")) options.onStart?.(); // only files may be slow to open
  const { receiver, metrics } = await StartUpError.around(() => start(options));
  options.onStart?.();
  const output = new Output(signal);
  logger.info(`Monitors pull events from ${receiver.url}`);
  const display = json ? undefined : new StatusDisplay(() => receiver.status(), output);
  const endStateLog = StateLog.start(() => receiver.status(), logger, { repeats: json });
  try {
    await receiver.run(signal, (event) => {
      metrics?.observe(event);
      display?.write({ event, data: {} });
    });
  } finally {
    endStateLog();
    await metrics?.close();
    display?.close();
    const status = receiver.status();
    if (json) await output.write(`${JSON.stringify({ summary: status.counters })}\n`);
    else await output.write(`${lastLine("Ended.", status)}\n`);
  }
}

async function start(options: ReceiveOptions) {
  const { logger, metrics: address } = options;
  const playback = playbackOf(options.addresses[0] ?? "", options.playback ?? {}, "recorded");
  const settings = await receiverSettings(JUNGFRAU_1M, { ...options, playback }, (message) =>
    logger.warn(message),
  );
  const receiver = await Receiver.open(settings, { logger, clock: SYSTEM_CLOCK });
  warnIfUnencrypted([receiver.url], settings.output.keys, logger);
  const status = () => receiver.status();
  const metrics = address === undefined ? undefined : await monitorMetrics({ status, clock: SYSTEM_CLOCK });
  try {
    if (address !== undefined) await metrics?.serve(address, logger);
    return { receiver, metrics };
  } catch (error) {
    receiver.close();
    throw error;
  }
}
