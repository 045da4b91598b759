import type { Logger } from "../api/index.js";
import { type MonitoredEvent, summarizeData } from "../host/index.js";
import { configuredHost } from "./configured-host.js";
import { FrameWriter } from "./frame-writer.js";
import { Output } from "./output.js";
import { type ServedView, serveView } from "./serve-view.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./state-log.js";
import { StatusDisplay } from "./status-display.js";
import { lastLine } from "./status-line.js";
import { StreamMetrics } from "./stream-metrics.js";

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
  const { host, metrics, servers, view, writer } = await StartUpError.around(() => startHost(options));
  const output = new Output(options.signal);
  const display = options.json ? undefined : new StatusDisplay(() => host.status(), output);
  let delivered = 0;
  const endStateLog = StateLog.start(() => host.status(), options.logger, { repeats: options.json });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for await (const event of host.events(signal)) {
      metrics?.observe(event.event);
      view?.offer(event);
      options.onEvent?.(event, view?.pages ?? 0);
      // At once: until the next event is asked for, its data and no other's are what the display has been given.
      display?.show(event);
      await writer?.write(event);
      if (options.json) await output.write(`${JSON.stringify(summarizeData(event.data))}\n`);
      delivered += 1;
      if (delivered >= options.frames || output.isClosed) break;
    }
  } finally {
    stop.abort();
    endStateLog();
    await Promise.all(servers.map((server) => server.close()));
    display?.end();
    const status = host.status();
    if (options.json) await output.write(`${JSON.stringify({ summary: status.counters })}\n`);
    else await output.write(`${lastLine(`Ended after ${delivered} events.`, status)}\n`);
    await host.dispose();
  }
}

/** A host that is ready, and the servers that are asked for. */
async function startHost(options: MonitorOptions) {
  const {
    npy,
    metrics: address,
    view: viewAddress,
    viewTokenFile: tokenFile,
    viewOrigins: origins,
    configuration,
    logger,
  } = options;
  const host = configuredHost(options);
  const writer = npy === undefined ? undefined : await FrameWriter.open(npy, logger);
  const isWatched = address !== undefined || viewAddress !== undefined;
  const metrics = isWatched ? new StreamMetrics(() => host.status()) : undefined;
  const servers: { close(): Promise<void> }[] = [];
  let view: ServedView | undefined;
  try {
    // Before constants are read, which takes seconds: an address that cannot be had is told at once.
    if (address !== undefined && metrics) servers.push(await metrics.serve(address, logger));
    await host.initialize();
    if (viewAddress !== undefined && metrics) {
      view = await serveView({
        view: viewAddress,
        tokenFile,
        origins,
        configuration,
        host,
        metrics: metrics.numbers,
        logger,
      });
      servers.push(view);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    await host.dispose();
    throw error;
  }
  return { host, metrics, servers, view, writer };
}
