import type { Clock, DataEvent, StreamStatus } from "../api/index.js";
import { EventRate } from "./event-rate.js";

/** Signals of the stream itself, for alarms; graphs and metrics have them under other names. */
export const STREAM_SIGNALS = ["frames_per_second", "lag_seconds", "missed_per_second"] as const;
type StreamSignal = (typeof STREAM_SIGNALS)[number];

/** As far back as {@link EventRate}. */
const WINDOW_SECONDS = 5;

/** The status of the stream, as signals. */
export class StreamSignals {
  readonly #clock: Clock;
  readonly #status: () => StreamStatus;
  readonly #rate: EventRate;
  #lagSeconds: number | null = null;
  /** The counter `missed` over the last seconds, oldest first. */
  #missed: { readonly seconds: number; readonly count: number }[] = [];

  constructor(clock: Clock, status: () => StreamStatus) {
    this.#clock = clock;
    this.#status = status;
    this.#rate = new EventRate(clock);
  }

  /** Count an event whose data are ready. */
  count({ timestampSeconds }: DataEvent): void {
    this.#rate.count();
    this.#lagSeconds = this.#clock.nowSeconds() - timestampSeconds;
  }

  /** Read the stream's counters; to be called about twice per second. */
  look(): void {
    const seconds = this.#clock.nowSeconds();
    const { missed: count = 0 } = this.#status().counters;
    const newest = this.#missed.at(-1);
    if (newest !== undefined && count < newest.count) this.#missed = []; // the counter has restarted from 0
    this.#missed.push({ seconds, count });
    this.#missed = this.#missed.filter((one) => seconds - one.seconds <= WINDOW_SECONDS);
  }

  /** Null if unknown: there is no lag without events. */
  level(name: StreamSignal): number | null {
    const perSecond = this.#rate.perSecond();
    if (name === "frames_per_second") return perSecond;
    if (name === "lag_seconds") return perSecond === 0 ? null : this.#lagSeconds;
    const [oldest, newest] = [this.#missed[0], this.#missed.at(-1)];
    if (oldest === undefined || newest === undefined || oldest === newest) return null;
    return (newest.count - oldest.count) / (newest.seconds - oldest.seconds);
  }
}

export function isStreamSignal(name: string): name is StreamSignal {
  return (STREAM_SIGNALS as readonly string[]).includes(name);
}
