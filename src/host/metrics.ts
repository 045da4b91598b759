import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Clock, StreamState, StreamStatus } from "../api/index.js";
import { EventRate } from "./event-rate.js";

const PREFIX = "om_jungfrau_";

/** States that a stream may be in; each has a line of its own, so that a graph of one has no holes. */
export const STREAM_STATES: readonly StreamState[] = ["waiting", "streaming", "stalled", "one_module_only"];

/** Numbers of a status that go down, too; all others are counters. */
const GAUGES: readonly string[] = ["waiting", "monitors"];

const HELP: ReadonlyMap<string, string> = new Map([
  ["module_frames", "Module frames, and messages that make no sense."],
  ["end_messages", "End messages of acquisitions."],
  ["malformed", "Messages that make no sense."],
  ["repaired", "Messages whose header was not valid JSON and was read number by number."],
  ["incomplete", "Module frames that lost packets."],
  ["paired", "Events: exposures of which every port's frame came."],
  ["partial", "Events of which a module did not come."],
  ["partial_frames", "Module frames of events of which a module did not come."],
  ["unpaired", "Module frames whose exposure was given up, because its other frames did not come."],
  ["missed", "Module frames that a port did not bring, by the gaps in its numbers."],
  ["unasked", "Module frames that the monitor did not ask for, because it was busy."],
  ["cut_off", "Module frames whose other halves the monitor did not ask for, because it was busy."],
  ["late", "Module frames that came after their exposure had been delivered or given up."],
  ["duplicate", "Module frames that came twice."],
  ["delivered", "Events that the monitor got."],
  ["skipped", "Events that a newer one replaced before the monitor asked."],
  ["dropped", "Incomplete events that were dropped because the configuration says so."],
  ["abandoned", "Events that waited for delivery when the monitor stopped."],
  ["sent", "Events that a receiver handed to a monitor."],
  ["unsent", "Events that a receiver had chosen for a monitor that was gone then."],
  ["monitors", "Monitors that are connected to a receiver now."],
  ["waiting", "Module frames that wait for their other halves now."],
  ["wrong_constants", "Calibrated frames whose gain setting the constants do not fit."],
]);

const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** What a gauge and a counter have in common. */
interface Count {
  reset(): void;
  inc(value: number): void;
}

export interface MonitorMetricsOptions {
  /** Asked at each scrape. */
  readonly status: () => StreamStatus;
  readonly clock: Clock;
}

/**
 * What Prometheus reads of a monitor: its status, how late and how often events come, and the process's own numbers.
 *
 * Make one a process: what watches the process's event loop and garbage collection does so to its end.
 */
export class MonitorMetrics {
  readonly #status: () => StreamStatus;
  readonly #clock: Clock;
  readonly #rate: EventRate;
  // Not the library's global one, in which two monitors would meet.
  readonly #registry = new Registry();
  readonly #counts = new Map<string, Count>();
  readonly #latency: Histogram;
  readonly #state: Gauge<"state">;
  readonly #newestLag: Gauge;
  readonly #newestAge: Gauge;
  readonly #eventsPerSecond: Gauge;
  #newestSeconds: number | undefined;

  constructor({ status, clock }: MonitorMetricsOptions) {
    this.#status = status;
    this.#clock = clock;
    this.#rate = new EventRate(clock);
    const registers = [this.#registry];
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
      "Time from the newest event's timestamp to its finished data; no value before the first event.",
    );
    this.#newestAge = gauge(
      "newest_event_age_seconds",
      "Time since the newest event's data was finished; no value before the first event.",
    );
    this.#eventsPerSecond = gauge("events_per_second", "Events a second, over the last five seconds.");
    // 0 would say that an event has just come.
    this.#newestLag.remove();
    this.#newestAge.remove();
    collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * Count an event. Keeps numbers only.
   *
   * @param latencySeconds  from the event's timestamp until its data was finished
   */
  observe({ latencySeconds }: { readonly latencySeconds: number }): void {
    this.#newestSeconds = this.#clock.nowSeconds();
    this.#rate.count();
    // A plugin whose events have no time must not end the monitor: the histogram throws on NaN.
    if (!Number.isFinite(latencySeconds)) return;
    this.#newestLag.set(latencySeconds);
    // Less than nothing is a matter of clocks, and a histogram's sum must not go down.
    this.#latency.observe(Math.max(latencySeconds, 0));
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All numbers as of now, in Prometheus's text format. */
  text(): Promise<string> {
    const { state, counters } = this.#status();
    for (const [name, value] of Object.entries(counters)) {
      // A plugin's count that is none is left out; the others are still wanted.
      if (/^[a-z][a-z0-9_]*$/.test(name) && Number.isFinite(value) && value >= 0) this.#setCount(name, value);
    }
    this.#state.reset();
    for (const one of STREAM_STATES) this.#state.set({ state: one }, 0);
    this.#state.set({ state }, 1);
    this.#eventsPerSecond.set(this.#rate.perSecond());
    if (this.#newestSeconds !== undefined)
      this.#newestAge.set(this.#clock.nowSeconds() - this.#newestSeconds);
    return this.#registry.metrics();
  }

  /** A status has absolute numbers, and a counter can only be raised: from 0, then. */
  #setCount(name: string, value: number): void {
    const count = this.#counts.get(name) ?? this.#addCount(name);
    count.reset();
    count.inc(value);
  }

  #addCount(name: string): Count {
    const help = HELP.get(name) ?? `The plugin's count '${name}'.`;
    const registers = [this.#registry];
    const count = GAUGES.includes(name)
      ? new Gauge({ name: `${PREFIX}${name}`, help, registers })
      : new Counter({ name: `${PREFIX}${name}_total`, help, registers });
    this.#counts.set(name, count);
    return count;
  }
}
