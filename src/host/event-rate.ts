import type { Clock } from "../api/index.js";

/** Length of the sliding window. */
const WINDOW_SECONDS = 5;
/** The window moves in steps of this, so that what is kept does not grow with the rate. */
const STEP_SECONDS = 0.5;
const WINDOW_STEPS = WINDOW_SECONDS / STEP_SECONDS;

/** How often something happened in the last five seconds. */
export class EventRate {
  readonly #clock: Clock;
  /** Counts by the number of their step, oldest first. */
  readonly #counts = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(): void {
    const step = this.#step();
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#forget(step);
  }

  /** Events a second; 0 when the window has passed without one. */
  perSecond(): number {
    const step = this.#step();
    this.#forget(step);
    const events = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    // The newest step has only begun, so the window is up to a step shorter.
    return events / (this.#clock.nowSeconds() - (step + 1 - WINDOW_STEPS) * STEP_SECONDS);
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
