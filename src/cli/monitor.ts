import type { Logger } from "../api/index.js";
import { type MonitoredEvent, SYSTEM_CLOCK } from "../host/index.js";
import {
  type EventOutput,
  FrameWriter,
  JsonLines,
  MonitorMetrics,
  Output,
  serveView,
} from "../outputs/index.js";
import { configuredHost } from "./configured-host.js";
import { ConstantsReload } from "./constants-reload.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./terminal/state-log.js";
import { StatusDisplay } from "./terminal/status-display.js";
import { lastLine } from "./terminal/status-line.js";

export interface MonitorOptions {
  readonly configuration: string;
  readonly source: string;
  readonly frames: number;
  readonly json: boolean;
  /** Folder for frames as `<event_id>.npy`. */
  readonly npy?: string | undefined;
  /** Address to serve metrics on, as `HOST:PORT` or `PORT`. */
  readonly metrics?: string | undefined;
  /** Serve the live view: an address, or true for the usual one. */
  readonly view?: string | true | undefined;
  /** File with the token of a live view that other machines reach. */
  readonly viewTokenFile?: string | undefined;
  /** Origins of the live view behind reverse proxies, as browsers send them. */
  readonly viewOrigins?: readonly string[] | undefined;
  /** Key files that count instead of the configuration's. */
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  /** Read constants again when their files change. */
  readonly reloadConstants?: boolean | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called with each event, before it is shown, and the number of pages of the live view that are open. */
  readonly onEvent?: (event: MonitoredEvent, pages: number) => void;
}

/**
 * Run a monitor until it has its frames, or the signal aborts.
 *
 * @throws {StartUpError} before anything runs; other errors of ours while it runs
 */
export async function runMonitor(options: MonitorOptions): Promise<void> {
  const { json, logger, onEvent } = options;
  const { host, outputs, view, reload } = await StartUpError.around(() => startHost(options));
  const status = () => host.status();
  const stdout = new Output(options.signal);
  // At once: until the next event is asked for, its data and no other's are what the display has been given.
  outputs.push(json ? new JsonLines(stdout, status) : new StatusDisplay(status, stdout));
  let delivered = 0;
  const endStateLog = StateLog.start(status, logger, { repeats: json });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for await (const event of host.events(signal)) {
      onEvent?.(event, view?.pages ?? 0);
      for (const output of outputs) await output.write(event);
      delivered += 1;
      if (delivered >= options.frames || stdout.isClosed) break;
    }
  } finally {
    stop.abort();
    reload.end();
    endStateLog();
    for (const output of outputs) await output.close();
    if (!json) await stdout.write(`${lastLine(`Ended after ${delivered} events.`, status())}\n`);
    await host.dispose();
  }
}

/** A host that is ready, and the outputs that are asked for, but for standard output. */
async function startHost(options: MonitorOptions) {
  const { npy, metrics: address, view: viewAddress, viewTokenFile, viewOrigins, logger } = options;
  const host = configuredHost(options);
  const reload = new ConstantsReload(host, logger, { isAutomatic: options.reloadConstants === true });
  const isWatched = address !== undefined || viewAddress !== undefined;
  const metrics = isWatched
    ? new MonitorMetrics({ status: () => host.status(), clock: SYSTEM_CLOCK })
    : undefined;
  try {
    const writer = npy === undefined ? undefined : await FrameWriter.open(npy, logger);
    // Before constants are read, which takes seconds: an address that cannot be had is told at once.
    if (address !== undefined) await metrics?.serve(address, logger);
    await host.initialize();
    await reload.watch();
    const view =
      viewAddress === undefined || metrics === undefined
        ? undefined
        : await serveView({
            view: viewAddress,
            tokenFile: viewTokenFile,
            origins: viewOrigins,
            host,
            metrics,
            logger,
          });
    // Metrics first: an event's latency ends when its data are there, and not when they are written.
    const outputs: EventOutput[] = [metrics, view, writer].filter((output) => output !== undefined);
    return { host, outputs, view, reload };
  } catch (error) {
    reload.end();
    await metrics?.close();
    await host.dispose();
    throw error;
  }
}
