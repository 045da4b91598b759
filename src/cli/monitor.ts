import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "../api/index.js";
import { readMonitorParameters } from "../configuration/index.js";
import { HostError, messageOf } from "../errors.js";
import { describeData, isArrayData, type MonitoredEvent, MonitorHost, writeNpy } from "../host/index.js";
import { Output } from "./output.js";
import { StartUpError } from "./start-up-error.js";
import { countersText, statusLine } from "./status-line.js";
import { SYSTEM_CLOCK } from "./system-clock.js";

/** This package's own plugin. */
const DEFAULT_MANIFEST = fileURLToPath(new URL("../../../plugin.manifest.json", import.meta.url));

const STATUS_INTERVAL_MS = 1000;
/** Where a status line cannot be overwritten, a monitor that waits says so this often. */
const WAITING_INTERVAL_MS = 10_000;

export interface MonitorOptions {
  readonly configuration: string;
  readonly source: string;
  readonly frames: number;
  readonly json: boolean;
  /** Folder for frames as `<event_id>.npy`. */
  readonly npy?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called with each event, before it is shown. */
  readonly onEvent?: (event: MonitoredEvent) => void;
}

/**
 * Run a monitor until it has its frames, or the signal aborts.
 *
 * @throws {StartUpError} before anything runs; other errors of ours while it runs
 */
export async function runMonitor(options: MonitorOptions): Promise<void> {
  const host = await StartUpError.around(() => startHost(options));
  const output = new Output(options.signal);
  const display = options.json ? undefined : new StatusDisplay(host, output);
  let delivered = 0;
  // A status line says what is waited for; where there is none, the log does.
  const waiting = setInterval(() => {
    if (delivered === 0 && options.json) options.logger.info(host.status().message);
  }, WAITING_INTERVAL_MS);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for await (const event of host.events(signal)) {
      options.onEvent?.(event);
      if (options.npy !== undefined) await writeFrames(options.npy, event, options.logger);
      if (options.json) await output.write(`${JSON.stringify(describeData(event.data))}\n`);
      display?.show(event);
      delivered += 1;
      if (delivered >= options.frames || output.isClosed) break;
    }
  } finally {
    stop.abort();
    clearInterval(waiting);
    display?.end();
    const { counters } = host.status();
    if (options.json) await output.write(`${JSON.stringify({ summary: counters })}\n`);
    else await output.write(`Ended after ${delivered} events. ${countersText(host.status())}\n`);
    await host.dispose();
  }
}

async function startHost({ configuration, source, npy, logger }: MonitorOptions): Promise<MonitorHost> {
  const parameters = readMonitorParameters(configuration);
  const host = new MonitorHost({
    parameters,
    source,
    defaultManifests: [DEFAULT_MANIFEST],
    logger,
    clock: SYSTEM_CLOCK,
    nodeVersion: process.versions.node,
  });
  if (npy !== undefined) await makeFolder(npy);
  try {
    await host.initialize();
  } catch (error) {
    await host.dispose();
    throw error;
  }
  return host;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot make the folder '${path}': ${messageOf(error)}. Choose another with --npy.`,
      { cause: error },
    );
  }
}

/** Frame numbers begin again when a detector is restarted: a frame of that name is kept, and the new one numbered. */
async function writeFrames(folder: string, { event, data }: MonitoredEvent, logger: Logger): Promise<void> {
  for (const array of Object.values(data).filter(isArrayData)) {
    for (let copy = 1; ; copy++) {
      const name = copy === 1 ? `${event.frameNumber}.npy` : `${event.frameNumber}-${copy}.npy`;
      if (await writeNpy(join(folder, name), array)) {
        if (copy > 1) logger.warn(`${event.frameNumber}.npy is there already: written as ${name}`);
        break;
      }
    }
  }
}

/** Shows a line a second: one that is overwritten on a terminal, line after line elsewhere. */
class StatusDisplay {
  readonly #host: MonitorHost;
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout;
  readonly #overwrites = process.stdout.isTTY === true;
  #newest: MonitoredEvent | undefined;
  #lagSeconds = 0;
  #events = 0;
  #lastShownMs = performance.now();

  constructor(host: MonitorHost, output: Output) {
    this.#host = host;
    this.#output = output;
    this.#timer = setInterval(() => this.#tick(), STATUS_INTERVAL_MS);
  }

  show(event: MonitoredEvent): void {
    this.#newest = event;
    this.#lagSeconds = SYSTEM_CLOCK.nowSeconds() - event.event.timestampSeconds;
    this.#events += 1;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#print();
    if (this.#overwrites) void this.#output.write("\n");
  }

  #tick(): void {
    const isWaiting = this.#events === 0;
    const quietMs = performance.now() - this.#lastShownMs;
    if (isWaiting && !this.#overwrites && quietMs < WAITING_INTERVAL_MS) return;
    this.#print();
  }

  #print(): void {
    const now = performance.now();
    const line = statusLine({
      status: this.#host.status(),
      newest: this.#newest,
      eventsPerSecond: (1000 * this.#events) / (now - this.#lastShownMs),
      lagSeconds: this.#lagSeconds,
    });
    this.#events = 0;
    this.#lastShownMs = now;
    void this.#output.write(
      this.#overwrites ? `\r\x1b[K${line.slice(0, process.stdout.columns - 1)}` : `${line}\n`,
    );
  }
}
