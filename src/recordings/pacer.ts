import { setTimeout as delay } from "node:timers/promises";

/** What is later than this is not made up for: a monitor that was held up does not get a burst. */
const MAX_CATCH_UP_SECONDS = 0.1;

/** Holds exposures back until they are due. */
export class Pacer {
  readonly #rateHz: number | undefined;
  /** When the exposure of time 0 would have been due, on the clock of `performance`. */
  #startSeconds: number | undefined;
  #count = 0;
  /** When the exposure is due that is waited for. */
  #dueSeconds: number | undefined;

  /** @param rateHz  undefined to go by the exposures' own times */
  constructor(rateHz: number | undefined) {
    this.#rateHz = rateHz;
  }

  /** For how long an exposure will be waited for; 0 if none is. */
  get leftSeconds(): number {
    return this.#dueSeconds === undefined ? 0 : this.#dueSeconds - performance.now() / 1000;
  }

  /** The next exposure is due at once, and those after it by its time. */
  restart(): void {
    this.#startSeconds = undefined;
    this.#count = 0;
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
    this.#dueSeconds = now - late;
    await delay(-1000 * late, undefined, { signal }).catch(() => undefined);
    this.#dueSeconds = undefined;
  }
}
