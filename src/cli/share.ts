import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { monitorMetrics, Output } from "../outputs/index.js";
import { FrameShare, type ShareOptions, shareSettings } from "../receiver/index.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./terminal/state-log.js";
import { lastLine } from "./terminal/status-line.js";
import { warnIfUnencrypted } from "./unencrypted.js";

export interface RunShareOptions extends ShareOptions {
  /** Print only a last line, `{"summary": {counters}}`. */
  readonly json: boolean;
  /** Address to serve metrics on, as `HOST:PORT` or `PORT`. */
  readonly metrics?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Distribute the frames of one port among several monitors, until the signal aborts.
 *
 * @throws {StartUpError} before anything runs; other errors of this package while it runs
 */
export async function runShare(options: RunShareOptions): Promise<void> {
  const { signal, json, logger } = options;
  const { share, metrics } = await StartUpError.around(() => start(options));
  const output = new Output(signal);
  for (const [index, url] of share.urls.entries())
    logger.info(`Monitor ${index + 1} of ${share.urls.length} connects to ${url}`);
  const endStateLog = StateLog.start(() => share.status(), logger, { repeats: true });
  try {
    await share.run(signal);
  } finally {
    endStateLog();
    await metrics?.close();
    const status = share.status();
    if (json) await output.write(`${JSON.stringify({ summary: status.counters })}\n`);
    else await output.write(`${lastLine("Ended.", status)}\n`);
  }
}

async function start(options: RunShareOptions) {
  const { logger, metrics: address } = options;
  const settings = await shareSettings(JUNGFRAU_1M, options, (message) => logger.warn(message));
  const share = await FrameShare.open({ ...settings, logger, clock: SYSTEM_CLOCK });
  warnIfUnencrypted(share.urls, undefined, logger, "Listen on a network that only the monitors reach.");
  const status = () => share.status();
  const metrics = address === undefined ? undefined : await monitorMetrics({ status, clock: SYSTEM_CLOCK });
  try {
    if (address !== undefined) await metrics?.serve(address, logger);
    return { share, metrics };
  } catch (error) {
    share.close();
    throw error;
  }
}
