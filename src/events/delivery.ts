import type { EventCounters } from "./counters.js";
import type { Freshness } from "./freshness.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { release } from "./release.js";

/** `latest`: a slot of one, in which the newest event replaces an older one. `all`: a queue that keeps every event. */
export type DeliveryPolicy = "latest" | "all";

export interface DeliveryOptions {
  readonly delivery: DeliveryPolicy;
  /** What may wait in `all` before the streams are held up. */
  readonly queueBytes: number;
  /** Take from the streams only what the monitor asks for, because others share them. */
  readonly onDemand: boolean;
  /** Keeps the event of `latest` fresh. */
  readonly freshness?: Pick<Freshness, "freshen" | "came" | "delivered"> | undefined;
}

/** Hands events from the streams over to the monitor. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #counters: EventCounters;
  readonly #events: JungfrauEvent[] = [];
  #bytes = 0;
  #finished = false;
  /** Whether the monitor waits for an event that has not come. */
  #isWanted = false;
  /** Whoever waits for an event, for room, or for the end. */
  #waiting: (() => void)[] = [];

  constructor(options: DeliveryOptions, counters: EventCounters) {
    this.#options = options;
    this.#counters = counters;
  }

  put(event: JungfrauEvent): void {
    if (this.#finished) {
      this.#counters.abandoned += 1;
      release(event.frames);
      return;
    }
    if (this.#options.delivery === "latest") this.clear();
    this.#events.push(event);
    this.#bytes += sizeBytes(event);
    this.#isWanted = false;
    this.#changed();
    this.#options.freshness?.came();
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /**
   * Whether more events wait, as with `all`: they can be taken at once, and without a turn of the event loop in between nothing
   * would be read until they are. With `latest` there is one at most, and freshness sees to the turns.
   */
  get hasMore(): boolean {
    return this.#options.delivery === "all" && this.#events.length > 0;
  }

  get newestSeconds(): number | undefined {
    return this.#events.at(-1)?.timestampSeconds;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  get skipped(): number {
    return this.#counters.skipped;
  }

  /** Skip what waits. */
  clear(): void {
    this.#counters.skipped += this.#clear();
  }

  /** Whether the streams are held up because the monitor takes no events. */
  get isFull(): boolean {
    const { delivery, queueBytes, onDemand } = this.#options;
    if (onDemand) return delivery === "all" ? this.#events.length > 0 : !this.#isWanted;
    return delivery === "all" && this.#bytes >= queueBytes;
  }

  /** Resolves when a stream may go on: for `latest` at once unless it is on demand, for `all` when the queue has room. */
  async room(): Promise<void> {
    while (this.isFull && !this.#finished) await this.#change();
  }

  /** The next event, when there is one; undefined when no more will come. */
  async take(): Promise<JungfrauEvent | undefined> {
    for (;;) {
      if (!this.#finished) await this.#options.freshness?.freshen(this);
      const event = this.#events.shift();
      this.#isWanted = event === undefined;
      if (event !== undefined) {
        this.#bytes -= sizeBytes(event);
        this.#counters.delivered += 1;
        this.#changed();
        this.#options.freshness?.delivered();
        return event;
      }
      if (this.#finished) return undefined;
      this.#changed();
      await this.#change();
    }
  }

  /** Nothing more will come. What waits can still be taken. */
  finish(): void {
    this.#finished = true;
    this.#changed();
  }

  /** {@link finish}, and give up what waits. */
  abandon(): void {
    this.#counters.abandoned += this.#clear();
    this.finish();
  }

  /** @returns how many events waited */
  #clear(): number {
    for (const { frames } of this.#events) release(frames);
    this.#bytes = 0;
    return this.#events.splice(0).length;
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function sizeBytes({ frames }: JungfrauEvent): number {
  return frames.reduce((bytes, { raw, missing }) => bytes + (missing ? 0 : raw.length), 0);
}
