import type { Clock } from "../api/index.js";

const WINDOW_SECONDS = 5;
/** A rate over less time than this is meaningless. */
const LEAST_SECONDS = 1;

/** Growth of a number per second over the last five seconds, from readings at any time. */
export class GrowthRate {
  readonly #clock: Clock;
  /** Oldest first; the first is the one from which the growth counts. */
  #readings: { readonly seconds: number; readonly value: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Record the current value. After a decrease, the measurement starts again. */
  read(value: number): void {
    const seconds = this.#clock.nowSeconds();
    const newest = this.#readings.at(-1);
    if (newest !== undefined && (value < newest.value || seconds < newest.seconds)) this.#readings = [];
    this.#readings.push({ seconds, value });
    while (seconds - (this.#readings[1]?.seconds ?? seconds) >= WINDOW_SECONDS) this.#readings.shift();
  }

  /** Null until it has been read for a second. */
  get perSecond(): number | null {
    const [oldest, newest] = [this.#readings[0], this.#readings.at(-1)];
    if (oldest === undefined || newest === undefined) return null;
    const seconds = newest.seconds - oldest.seconds;
    return seconds < LEAST_SECONDS ? null : (newest.value - oldest.value) / seconds;
  }
}
