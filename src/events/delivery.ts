import { setImmediate } from "node:timers/promises";
import type { EventCounters } from "./counters.js";
import type { JungfrauEvent } from "./jungfrau-event.js";

/** `latest`: a slot of one, in which the newest event replaces an older one. `all`: a queue that keeps every event. */
export type DeliveryPolicy = "latest" | "all";

/** Events that wait in `all` before the streams are held up: 2 MiB each. */
const QUEUE_LENGTH = 16;

/** Hands events from the streams over to the monitor. */
export class Delivery {
  readonly #policy: DeliveryPolicy;
  readonly #counters: EventCounters;
  readonly #events: JungfrauEvent[] = [];
  #finished = false;
  /** Whoever waits for an event, for room, or for the end. */
  #waiting: (() => void)[] = [];

  constructor(policy: DeliveryPolicy, counters: EventCounters) {
    this.#policy = policy;
    this.#counters = counters;
  }

  put(event: JungfrauEvent): void {
    if (this.#finished) {
      this.#counters.abandoned += 1;
      return;
    }
    if (this.#policy === "latest" && this.#events.length > 0) {
      this.#events.length = 0;
      this.#counters.skipped += 1;
    }
    this.#events.push(event);
    this.#changed();
  }

  /** Whether the streams are held up because the monitor takes no events. */
  get isFull(): boolean {
    return this.#policy === "all" && this.#events.length >= QUEUE_LENGTH;
  }

  /** Resolves when a stream may go on: at once for `latest`, and for `all` when the queue has room. */
  async room(): Promise<void> {
    while (this.isFull && !this.#finished) await this.#change();
  }

  /** The next event, when there is one; undefined when no more will come. */
  async take(): Promise<JungfrauEvent | undefined> {
    for (;;) {
      // What has reached the sockets meanwhile comes first: it may be newer.
      if (this.#policy === "latest" && this.#events.length > 0) await setImmediate();
      const event = this.#events.shift();
      if (event !== undefined) {
        this.#counters.delivered += 1;
        this.#changed();
        return event;
      }
      if (this.#finished) return undefined;
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
    this.#counters.abandoned += this.#events.length;
    this.#events.length = 0;
    this.finish();
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
