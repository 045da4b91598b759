import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import {
  type Clock,
  COUNTERS,
  type CounterDescription,
  type DataEvent,
  type Logger,
  type StreamState,
  type StreamStatus,
} from "../api/index.js";
import {
  type Alarms,
  EventRate,
  healthOf,
  isArray2D,
  type MonitoredEvent,
  type Signals,
} from "../host/index.js";
import { type HttpServer, parseAddress, startMetricsServer } from "../http/index.js";
import type { EventOutput } from "./event-output.js";
import { SignalMetrics } from "./signal-metrics.js";

const PREFIX = "om_jungfrau_";

/** All states of a stream; each has its own line, so that its graph has no gaps. */
export const STREAM_STATES: readonly StreamState[] = ["waiting", "streaming", "stalled", "one_module_only"];

/** The library's metrics that Prometheus's linter rejects. */
const MISNAMED = ["handles", "requests", "resources"].map((what) => `nodejs_active_${what}_total`);

const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Common members of gauges and counters. */
interface Count {
  reset(): void;
  inc(value: number): void;
}

export interface MonitorMetricsOptions {
  /** Called at each scrape. */
  readonly status: () => StreamStatus;
  readonly clock: Clock;
  /** Read at each scrape; undefined for a process without data sources. */
  readonly watched?: WatchedData | undefined;
}

/** A host's findings in the data of its events. */
export interface WatchedData {
  readonly signals: Pick<Signals, "all">;
  readonly alarms: Pick<Alarms, "raised" | "counts">;
}

/**
 * Metrics of a monitor for Prometheus: its status, the lag and rate of events, and the process's own numbers.
 *
 * Create only one per process: it watches the event loop and garbage collection until the process ends.
 */
export class MonitorMetrics implements EventOutput {
  readonly #status: () => StreamStatus;
  readonly #clock: Clock;
  readonly #watched: WatchedData | undefined;
  readonly #rate: EventRate;
  // Not the library's global registry, which two monitors would share.
  readonly #registry = new Registry();
  readonly #counts = new Map<string, Count>();
  readonly #latency: Histogram;
  readonly #state: Gauge<"state">;
  readonly #newestLag: Gauge;
  readonly #newestAge: Gauge;
  readonly #eventsPerSecond: Gauge;
  readonly #badPixels: Gauge<"reason">;
  readonly #signals: SignalMetrics | undefined;
  #newestSeconds: number | undefined;
  /** Read at the first event, because reading the status costs more than everything else for an event. */
  #isRecording: boolean | undefined;
  #server: HttpServer | undefined;

  constructor({ status, clock, watched }: MonitorMetricsOptions) {
    this.#status = status;
    this.#clock = clock;
    this.#watched = watched;
    this.#rate = new EventRate(clock);
    const registry = this.#registry;
    const registers = [registry];
    this.#latency = new Histogram({
      name: `${PREFIX}latency_seconds`,
      help: "Time from an event's timestamp to its finished data.",
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    this.#state = new Gauge({
      name: `${PREFIX}state`,
      help: "1 for the state that the stream is in, 0 for the others.",
      labelNames: ["state"],
      registers,
    });
    const gauge = (name: string, help: string) => new Gauge({ name: `${PREFIX}${name}`, help, registers });
    this.#newestLag = gauge(
      "newest_event_lag_seconds",
      "Time from the newest event's timestamp to its finished data; no value before the first event, and of recordings.",
    );
    this.#newestAge = gauge(
      "newest_event_age_seconds",
      "Time since the newest event's data was finished; no value before the first event.",
    );
    this.#eventsPerSecond = gauge("events_per_second", "Events a second, over the last five seconds.");
    this.#badPixels = new Gauge({
      name: `${PREFIX}bad_pixels`,
      help: "Pixels of the newest frame without a measurement, by reason.",
      labelNames: ["reason"],
      registers,
    });
    // 0 would mean that an event has just arrived.
    this.#newestLag.remove();
    this.#newestAge.remove();
    this.#signals = watched && new SignalMetrics(PREFIX, registry);
    collectDefaultMetrics({ register: registry });
    // Gauges with names of counters; the same numbers also exist by type.
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }

  write({ event, data }: MonitoredEvent): void {
    this.observe(event);
    const counts = Object.values(data).find(isArray2D)?.badPixels ?? {};
    for (const [reason, count] of Object.entries(counts)) this.#badPixels.set({ reason }, count);
  }

  /** Count an event whose data are ready, or which has been sent. */
  observe({ timestampSeconds }: DataEvent): void {
    this.#newestSeconds = this.#clock.nowSeconds();
    this.#rate.count();
    // The age of a recording is not a latency.
    this.#isRecording ??= this.#status().progress !== undefined;
    if (this.#isRecording) return;
    const latencySeconds = this.#newestSeconds - timestampSeconds;
    // Events without a time, from a plugin, must not end the monitor: the histogram throws on NaN.
    if (!Number.isFinite(latencySeconds)) return;
    this.#newestLag.set(latencySeconds);
    // Negative latencies come from differing clocks, and a histogram's sum must not decrease.
    this.#latency.observe(Math.max(latencySeconds, 0));
  }

  /**
   * Serve the metrics to Prometheus, on their own server, until they are closed.
   *
   * @param address  `HOST:PORT` or `PORT`
   * @throws {HostError} HOST_CANNOT_LISTEN
   */
  async serve(address: string, logger: Logger): Promise<void> {
    this.#server = await startMetricsServer({
      ...parseAddress(address),
      metrics: this,
      health: () => healthOf(this.#status(), this.#watched?.alarms.raised ?? []),
    });
    logger.info(`Metrics on ${this.#server.url}/metrics, health on ${this.#server.url}/healthz`);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All current numbers, in Prometheus's text format. */
  text(): Promise<string> {
    const { state, counters } = this.#status();
    for (const [name, value] of Object.entries(counters)) {
      // Invalid counts of a plugin are left out; the others are kept.
      const isPossible = Number.isFinite(value) && (value >= 0 || descriptionOf(name).isGauge === true);
      if (/^[a-z][a-z0-9_]*$/.test(name) && isPossible) this.#setCount(name, value);
    }
    this.#state.reset();
    for (const one of STREAM_STATES) this.#state.set({ state: one }, 0);
    this.#state.set({ state }, 1);
    this.#eventsPerSecond.set(this.#rate.perSecond());
    if (this.#newestSeconds !== undefined)
      this.#newestAge.set(this.#clock.nowSeconds() - this.#newestSeconds);
    if (this.#watched !== undefined) this.#signals?.set(this.#watched);
    return this.#registry.metrics();
  }

  /** A status has absolute numbers, but a counter can only be increased: so from 0. */
  #setCount(name: string, value: number): void {
    const count = this.#counts.get(name) ?? this.#addCount(name);
    count.reset();
    count.inc(value);
  }

  #addCount(name: string): Count {
    const { counts, isGauge } = descriptionOf(name);
    const help = `${counts.charAt(0).toUpperCase()}${counts.slice(1).replaceAll("`", "")}.`;
    const registers = [this.#registry];
    const count = isGauge
      ? new Gauge({ name: `${PREFIX}${name}`, help, registers })
      : new Counter({ name: `${PREFIX}${name}_total`, help, registers });
    this.#counts.set(name, count);
    return count;
  }
}

function descriptionOf(name: string): CounterDescription {
  const template = Object.keys(COUNTERS).find((key) => key.includes("<") && templateOf(key).test(name));
  return COUNTERS[name] ?? COUNTERS[template ?? ""] ?? { counts: `the plugin's count '${name}'` };
}

/** Matches names for a key that contains `<name>` or `<module>`, also with a data source's name as prefix. */
function templateOf(key: string): RegExp {
  return new RegExp(`^(?:.+_)?${key.replace("<module>", "\\d+").replace("<name>", ".+")}$`);
}
