import { setTimeout as delay } from "node:timers/promises";

/** What is later than this is not made up for: a monitor that was held up does not get a burst. */
const MAX_CATCH_UP_SECONDS = 0.1;

/** Holds exposures back until they are due. */
export class Pacer {
  readonly #rateHz: number | undefined;
  /** When the exposure of time 0 would have been due, on the clock of `performance`. */
  #startSeconds: number | undefined;
  #count = 0;

  /** @param rateHz  undefined to go by the exposures' own times */
  constructor(rateHz: number | undefined) {
    this.#rateHz = rateHz;
  }

  /**
   * Wait until an exposure is due.
   *
   * @param seconds  when it was taken
   * @param signal   ends the wait
   */
  async wait(seconds: number, signal: AbortSignal): Promise<void> {
    const time = this.#rateHz === undefined ? seconds : this.#count / this.#rateHz;
    this.#count += 1;
    const now = performance.now() / 1000;
    this.#startSeconds ??= now - time;
    const late = now - (this.#startSeconds + time);
    if (late > MAX_CATCH_UP_SECONDS) this.#startSeconds += late - MAX_CATCH_UP_SECONDS;
    if (late >= 0) return;
    await delay(-1000 * late, undefined, { signal }).catch(() => undefined);
  }
}
