import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Logger } from "../api/index.js";
import { type MonitoredEvent, SYSTEM_CLOCK } from "../host/index.js";
import { readNatsCredentials } from "../nats/index.js";
import {
  FrameWriter,
  JsonLines,
  monitorMetrics,
  NatsOutput,
  Output,
  Outputs,
  omViewerMessage,
  PublishedFrames,
  serveView,
  streamvisMessage,
} from "../outputs/index.js";
import { configuredHost } from "./configured-host.js";
import { ConstantsReload } from "./constants-reload.js";
import { KeptFrames } from "./kept-frames.js";
import type { PlaybackOptions } from "./playback.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./terminal/state-log.js";
import { StatusDisplay } from "./terminal/status-display.js";
import { lastLine } from "./terminal/status-line.js";
import { warnIfUnencrypted } from "./unencrypted.js";

export interface MonitorOptions {
  readonly configuration: string;
  readonly source: string;
  readonly frames: number;
  /** How many monitors share the source; undefined to use the configuration's value. */
  readonly share?: number | undefined;
  /** How recordings are played. */
  readonly playback?: PlaybackOptions | undefined;
  readonly json: boolean;
  /** Folder for frames as `<event_id>.npy`. */
  readonly npy?: string | undefined;
  /** Address to serve metrics on, as `HOST:PORT` or `PORT`. */
  readonly metrics?: string | undefined;
  /** Serve the live view: an address, or true for the default. */
  readonly view?: string | true | undefined;
  /** File with the token of a live view that other machines reach. */
  readonly viewTokenFile?: string | undefined;
  /** Origins of the live view behind reverse proxies, as browsers send them. */
  readonly viewOrigins?: readonly string[] | undefined;
  /** Where to publish frames for other people's viewers, as `tcp://HOST:PORT`. */
  readonly streamvis?: string | undefined;
  readonly omViewer?: string | undefined;
  /** NATS server to publish to, as `nats://HOST:PORT`. */
  readonly nats?: string | undefined;
  /** File with the credentials for it. */
  readonly natsCredentials?: string | undefined;
  /** Name of this monitor there. */
  readonly natsName?: string | undefined;
  /** How many raw frames are kept for the view to save; undefined for none. */
  readonly keep?: number | undefined;
  /** Folder for frames that are saved. */
  readonly keepFolder?: string | undefined;
  /** Key files that replace the configuration's. */
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  /** Read constants again when their files change. */
  readonly reloadConstants?: boolean | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called at the end of the start-up: from then on the monitor ends cleanly when the signal aborts. */
  readonly onStart?: () => void;
  /** Called with each event, before it is shown, and the number of open pages of the live view. */
  readonly onEvent?: (event: MonitoredEvent, pages: number) => void;
}

/**
 * Run a monitor until it has its frames, or the signal aborts.
 *
 * @throws {StartUpError} before anything runs; other errors of this package while it runs
 */
export async function runMonitor(options: MonitorOptions): Promise<void> {
  const { json, logger, onEvent } = options;
  const { host, outputs, view, reload } = await StartUpError.around(() => startHost(options));
  options.onStart?.();
  const status = () => outputs.status();
  const stdout = new Output(options.signal);
  // Synchronously: until the next event is requested, the display has the data of this one.
  const alarms = () => host.alarms.counts;
  outputs.add(json ? new JsonLines(stdout, status, alarms) : new StatusDisplay(status, stdout));
  let delivered = 0;
  const endStateLog = StateLog.start(status, logger, { repeats: json });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for await (const event of host.events(signal)) {
      onEvent?.(event, view?.pages ?? 0);
      await outputs.write(event);
      delivered += 1;
      if (delivered >= options.frames || stdout.isClosed) break;
    }
  } finally {
    stop.abort();
    reload.end();
    endStateLog();
    await outputs.close();
    if (!json) await stdout.write(`${lastLine(`Ended after ${delivered} events.`, status())}\n`);
    await host.dispose();
  }
}

/** Such as `daq3-4711`. */
function defaultMonitorName(): string {
  return `${hostname().replaceAll(/[^\w-]/g, "-")}-${process.pid}`.slice(-64);
}

const VIEWERS_HAVE_NO_KEYS =
  "These viewers do not support keys. If others must not see the data, listen on 127.0.0.1 and use an SSH tunnel.";

/** A host that is ready, and the requested outputs except standard output. */
async function startHost(options: MonitorOptions) {
  const { npy, metrics: address, view: viewAddress, viewTokenFile, viewOrigins, keep, logger } = options;
  const { share } = options;
  const host = configuredHost({
    ...options,
    ...(share !== undefined && { overrides: { frame_number_step: share } }),
  });
  const outputs = new Outputs(
    () => host.status(),
    () => performance.now(),
  );
  const status = () => outputs.status();
  const reload = new ConstantsReload(host, logger, { isAutomatic: options.reloadConstants === true });
  const isWatched = address !== undefined || viewAddress !== undefined;
  const metrics = isWatched
    ? await monitorMetrics({ status, clock: SYSTEM_CLOCK, watched: host })
    : undefined;
  const published: PublishedFrames[] = [];
  try {
    const kept = keep === undefined ? undefined : await KeptFrames.open(keep, options.keepFolder ?? ".");
    const writer = npy === undefined ? undefined : await FrameWriter.open(npy, logger);
    const credentials = readNatsCredentials(options.natsCredentials, logger);
    // Before constants are read, which takes seconds, so that an unusable address is reported at once.
    if (address !== undefined) await metrics?.serve(address, logger);
    for (const [url, reader, encode] of [
      [options.streamvis, "streamvis", streamvisMessage],
      [options.omViewer, "OM's frame viewer", omViewerMessage],
    ] as const) {
      if (url === undefined) continue;
      warnIfUnencrypted([url], undefined, logger, VIEWERS_HAVE_NO_KEYS);
      published.push(await PublishedFrames.bind({ url, reader, encode, logger }));
    }
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
            origin: { configuration: resolve(options.configuration), source: options.source },
            status,
            metrics,
            kept,
            playback: host.steerPlayback(),
            logger,
          });
    const nats =
      options.nats === undefined
        ? undefined
        : new NatsOutput({
            url: options.nats,
            credentials,
            name: options.natsName ?? defaultMonitorName(),
            status,
            watched: host,
            clock: SYSTEM_CLOCK,
            logger,
          });
    // Metrics first: an event's latency ends when its data are ready, not when they are written.
    outputs.add(
      ...[metrics, kept, view, ...published, nats, writer].filter((output) => output !== undefined),
    );
    return { host, outputs, view, reload };
  } catch (error) {
    reload.end();
    for (const output of published) output.close();
    await metrics?.close();
    await host.dispose();
    throw error;
  }
}
