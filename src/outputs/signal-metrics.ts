import { Counter, Gauge, type Registry } from "prom-client";
import type { Alarms, Signals } from "../host/index.js";

/**
 * Signals and alarms as metrics.
 *
 * The name of a signal is a label. Prometheus recommends one metric for each quantity, but these names come
 * from the configuration, and its linter rejects some in metric names: `roi_sum` would be a histogram's sum.
 */
export class SignalMetrics {
  readonly #value: Gauge<"name">;
  readonly #share: Gauge<"name">;
  readonly #events: Counter<"name">;
  readonly #trueEvents: Counter<"name">;
  readonly #alarm: Gauge<"name">;
  readonly #raised: Counter<"name">;

  constructor(prefix: string, registry: Registry) {
    const metric = (name: string, help: string) => ({
      name: `${prefix}${name}`,
      help,
      labelNames: ["name"] as const,
      registers: [registry],
    });
    this.#value = new Gauge(
      metric(
        "signal",
        "A signal of the newest event, of its data source's unit; 1 and 0 for true and false.",
      ),
    );
    this.#share = new Gauge(
      metric("signal_share", "Share of the events of the last five seconds in which a signal was true."),
    );
    this.#events = new Counter(metric("signal_events_total", "Events in which a signal was true or false."));
    this.#trueEvents = new Counter(metric("signal_true_events_total", "Events in which a signal was true."));
    this.#alarm = new Gauge(metric("alarm", "1 while an alarm is raised, else 0."));
    this.#raised = new Counter(metric("alarm_raised_total", "How often an alarm was raised."));
  }

  /** Set all metrics to the current values. */
  set({
    signals,
    alarms,
  }: {
    readonly signals: Pick<Signals, "all">;
    readonly alarms: Pick<Alarms, "raised" | "counts">;
  }): void {
    for (const one of [this.#value, this.#share, this.#events, this.#trueEvents, this.#alarm, this.#raised])
      one.reset();
    for (const { name, value, truth } of signals.all) {
      if (value !== null) this.#value.set({ name }, Number(value));
      if (truth === undefined) continue;
      if (truth.share !== null) this.#share.set({ name }, truth.share);
      this.#events.inc({ name }, truth.events);
      this.#trueEvents.inc({ name }, truth.trueEvents);
    }
    const raised = alarms.raised.map(({ name }) => name);
    for (const [name, count] of Object.entries(alarms.counts)) {
      this.#alarm.set({ name }, raised.includes(name) ? 1 : 0);
      this.#raised.inc({ name }, count);
    }
  }
}
