import type { Clock } from "../api/index.js";

/** Length of the sliding window. */
const WINDOW_SECONDS = 5;
/** Step of the window, so that memory does not grow with the rate. */
const STEP_SECONDS = 0.5;
const WINDOW_STEPS = WINDOW_SECONDS / STEP_SECONDS;

/** A rate needs at least this time: a burst of ten within a millisecond is not 10,000 per second. */
const LEAST_SECONDS = 1;

/** How often something happened in the last five seconds, or since it began if that is less. */
export class EventRate {
  readonly #clock: Clock;
  /** Counts by the number of their step, oldest first. */
  readonly #counts = new Map<number, number>();
  /**
   * The first event, or the first after an empty window: an acquisition's rate does not depend on the pause before
   * it.
   */
  #beganSeconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(): void {
    const step = this.#step();
    this.#forget(step);
    if (this.#counts.size === 0) this.#beganSeconds = this.#clock.nowSeconds();
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
  }

  /** Events per second; 0 if the window is empty. */
  perSecond(): number {
    const events = this.recentEvents();
    // The newest step has only begun, so the window is up to a step shorter.
    const windowSeconds = (this.#step() + 1 - WINDOW_STEPS) * STEP_SECONDS;
    const seconds = this.#clock.nowSeconds() - Math.max(windowSeconds, this.#beganSeconds);
    return events / Math.max(seconds, LEAST_SECONDS);
  }

  /** Events of the last five seconds. */
  recentEvents(): number {
    this.#forget(this.#step());
    let events = 0;
    for (const count of this.#counts.values()) events += count;
    return events;
  }

  #step(): number {
    return Math.floor(this.#clock.nowSeconds() / STEP_SECONDS);
  }

  #forget(newestStep: number): void {
    for (const step of this.#counts.keys()) {
      if (step <= newestStep - WINDOW_STEPS) this.#counts.delete(step);
    }
  }
}
