import type { EventCounters } from "./counters.js";
import type { Freshness } from "./freshness.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { release } from "./release.js";

/** `latest`: a slot of one, in which the newest event replaces an older one. `all`: a queue that keeps every event. */
export type DeliveryPolicy = "latest" | "all";

export interface DeliveryOptions {
  readonly delivery: DeliveryPolicy;
  /** How much may wait with `all` before the streams are no longer read. */
  readonly queueBytes: number;
  /** Read from the streams only on demand, because other monitors share them. */
  readonly onDemand: boolean;
  /** Keeps the next event of `latest` fresh. */
  readonly freshness?: Pick<Freshness, "freshen" | "came" | "delivered"> | undefined;
}

/** Passes events from the streams to the monitor. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #counters: EventCounters;
  readonly #events: JungfrauEvent[] = [];
  #bytes = 0;
  #finished = false;
  /** Whether the monitor is waiting for an event. */
  #isWanted = false;
  /** Callbacks of those that wait for an event, for room, or for the end. */
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
   * Whether more events wait, as with `all`. They can be taken at once, so without a turn of the event loop in
   * between, no stream would be read meanwhile. With `latest` at most one waits, and {@link Freshness} provides the
   * turns.
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

  /** Skip the waiting event. */
  clear(): void {
    this.#counters.skipped += this.#clear();
  }

  /** Whether the streams are not read because the monitor takes no events. */
  get isFull(): boolean {
    const { delivery, queueBytes, onDemand } = this.#options;
    if (onDemand) return delivery === "all" ? this.#events.length > 0 : !this.#isWanted;
    return delivery === "all" && this.#bytes >= queueBytes;
  }

  /**
   * Resolves when a stream may be read further: for `latest` at once unless reading is on demand, for `all` when the
   * queue has room.
   */
  async room(): Promise<void> {
    while (this.isFull && !this.#finished) await this.#change();
  }

  /** Resolves to the next event, or to undefined when no more will come. */
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

  /** No more events will come. Those that wait can still be taken. */
  finish(): void {
    this.#finished = true;
    this.#changed();
  }

  /** {@link finish}, and discard waiting events. */
  abandon(): void {
    this.#counters.abandoned += this.#clear();
    this.finish();
  }

  /** @returns how many were discarded */
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
