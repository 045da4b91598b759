import { setTimeout as delay } from "node:timers/promises";

/** A delay that is longer than this is not made up for, so that a monitor gets no burst after a stall. */
const MAX_CATCH_UP_SECONDS = 0.1;

/** Delays exposures until they are due. */
export class Pacer {
  readonly #rateHz: number | undefined;
  /** When an exposure of time 0 would have been due, by the clock of `performance`. */
  #startSeconds: number | undefined;
  #count = 0;
  /** When the awaited exposure is due. */
  #dueSeconds: number | undefined;

  /** @param rateHz  undefined to use the exposures' own times */
  constructor(rateHz: number | undefined) {
    this.#rateHz = rateHz;
  }

  /** How long the awaited exposure will take; 0 if none is awaited. */
  get leftSeconds(): number {
    return this.#dueSeconds === undefined ? 0 : this.#dueSeconds - performance.now() / 1000;
  }

  /** Make the next exposure due at once, and the following ones relative to it. */
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
