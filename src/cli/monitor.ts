import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "../api/index.js";
import { readMonitorParameters } from "../configuration/index.js";
import { HostError, messageOf } from "../errors.js";
import { describeData, isArrayData, type MonitoredEvent, MonitorHost, writeNpy } from "../host/index.js";
import { makeFolder } from "./make-folder.js";
import { Output } from "./output.js";
import { type ServedMetrics, serveMetrics } from "./serve-metrics.js";
import { StartUpError } from "./start-up-error.js";
import { countersText, statusLine } from "./status-line.js";
import { SYSTEM_CLOCK } from "./system-clock.js";

/** This package's own plugin. */
const DEFAULT_MANIFEST = fileURLToPath(new URL("../../../plugin.manifest.json", import.meta.url));

const STATUS_INTERVAL_MS = 1000;
/** A monitor that waits says so after the first, and then every so often. */
const FIRST_WAIT_MS = 2000;
const WAITING_INTERVAL_MS = 10_000;

export interface MonitorOptions {
  readonly configuration: string;
  readonly source: string;
  readonly frames: number;
  readonly json: boolean;
  /** Folder for frames as `<event_id>.npy`. */
  readonly npy?: string | undefined;
  /** Address to serve metrics on, as `HOST:PORT` or `PORT`. */
  readonly metrics?: string | undefined;
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
  const { host, metrics } = await StartUpError.around(() => startHost(options));
  const output = new Output(options.signal);
  const display = options.json ? undefined : new StatusDisplay(host, output);
  const writer = options.npy === undefined ? undefined : new FrameWriter(options.npy, options.logger);
  let delivered = 0;
  // A status line says what is waited for; where there is none, the log does.
  const waiting = setInterval(() => {
    const { state, message } = host.status();
    if (options.json && state === "waiting") options.logger.info(message);
  }, WAITING_INTERVAL_MS);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for await (const event of host.events(signal)) {
      metrics?.observe(event);
      options.onEvent?.(event);
      // At once: until the next event is asked for, its data and no other's are what the display has been given.
      display?.show(event);
      await writer?.write(event);
      if (options.json) await output.write(`${JSON.stringify(describeData(event.data))}\n`);
      delivered += 1;
      if (delivered >= options.frames || output.isClosed) break;
    }
  } finally {
    stop.abort();
    clearInterval(waiting);
    await metrics?.close();
    display?.end();
    const { counters } = host.status();
    if (options.json) await output.write(`${JSON.stringify({ summary: counters })}\n`);
    else await output.write(`Ended after ${delivered} events. ${countersText(host.status())}\n`);
    await host.dispose();
  }
}

/** A host that is ready, and its metrics if they are asked for. */
async function startHost({ configuration, source, npy, metrics: address, logger }: MonitorOptions) {
  const parameters = readMonitorParameters(configuration);
  const host = new MonitorHost({
    parameters,
    source,
    defaultManifests: [DEFAULT_MANIFEST],
    logger,
    clock: SYSTEM_CLOCK,
    nodeVersion: process.versions.node,
  });
  if (npy !== undefined) await prepareFolder(npy);
  let metrics: ServedMetrics | undefined;
  try {
    // Before constants are read, which takes seconds: an address that cannot be had is told at once.
    if (address !== undefined) metrics = await serveMetrics(address, host, logger);
    await host.initialize();
  } catch (error) {
    await metrics?.close();
    await host.dispose();
    throw error;
  }
  return { host, metrics };
}

/** @throws {HostError} HOST_OUTPUT_FAILED if the folder cannot be made or written to */
async function prepareFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (error) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write frames to '${path}': ${messageOf(error)}. Choose another folder with --npy.`,
      { cause: error },
    );
  }
}

/** Writes frames as `<event_id>.npy`. */
class FrameWriter {
  readonly #folder: string;
  readonly #logger: Logger;
  #hasWarned = false;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** Frame numbers begin again when a detector is restarted: a frame of that name is kept, and the new one numbered. */
  async write({ event, data }: MonitoredEvent): Promise<void> {
    for (const array of Object.values(data).filter(isArrayData)) {
      let name = `${event.frameNumber}.npy`;
      for (let copy = 2; !(await writeNpy(join(this.#folder, name), array)); copy++) {
        name = `${event.frameNumber}-${copy}.npy`;
      }
      if (name !== `${event.frameNumber}.npy` && !this.#hasWarned) {
        this.#hasWarned = true;
        this.#logger.warn(
          `${event.frameNumber}.npy is there already: written as ${name}, and so on for others`,
        );
      }
    }
  }
}

/** Shows a line a second: one that is overwritten on a terminal, line after line elsewhere. */
class StatusDisplay {
  readonly #host: MonitorHost;
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout;
  #newest: MonitoredEvent | undefined;
  #lagSeconds = 0;
  #events = 0;
  #hasShownEvent = false;
  #lastPrintedMs = performance.now();
  #nextWaitMs = FIRST_WAIT_MS;
  /** Since when events are counted. */
  #countedSinceMs = performance.now();

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
    if (!this.#hasShownEvent || this.#host.status().state === "waiting") this.#print();
    if (process.stdout.isTTY) void this.#output.write("\n");
  }

  #tick(): void {
    if (this.#host.status().state === "streaming") {
      this.#nextWaitMs = 0;
      this.#print();
    } else if (performance.now() - this.#lastPrintedMs >= this.#nextWaitMs) {
      this.#nextWaitMs = WAITING_INTERVAL_MS;
      this.#print();
    } else {
      this.#countAnew();
    }
  }

  #countAnew(): void {
    this.#events = 0;
    this.#countedSinceMs = performance.now();
  }

  /** Width of the terminal now; it may change at any time. */
  get #columns(): number {
    return process.stdout.isTTY ? process.stdout.columns - 1 : Number.POSITIVE_INFINITY;
  }

  #print(): void {
    const status = this.#host.status();
    const line = statusLine({
      status,
      newest: this.#newest,
      eventsPerSecond: (1000 * this.#events) / (performance.now() - this.#countedSinceMs),
      lagSeconds: this.#lagSeconds,
      columns: this.#columns,
    });
    this.#countAnew();
    this.#hasShownEvent = this.#newest !== undefined;
    this.#lastPrintedMs = performance.now();
    // What a monitor waits for stays on the screen, and is shown whole.
    if (!process.stdout.isTTY) void this.#output.write(`${line}\n`);
    else if (status.state === "waiting") void this.#output.write(`\r\x1b[K${line}\n`);
    else void this.#output.write(`\r\x1b[K${line.slice(0, this.#columns)}`);
  }
}
