import { median } from "../statistics/index.js";

/** The interval is the median of this many steps, so that one or two late ones do not matter. */
const STEPS = 5;
/** With fewer steps, the median might be a late one. */
const RELIABLE_STEPS = 3;
/**
 * If a step is longer than its numbers imply by this much, the numbers may have restarted; a restart does not fit in
 * less.
 */
const STEADY_INTERVALS = 0.75;
/** Arrival times are not exact, at any rate. */
const STEADY_SECONDS = 0.004;

/** How fast the numbers of a run increase, and since when without a pause in which they could have restarted. */
export class Pace {
  readonly #steps: number[] = [];
  #newest: { number: bigint; seconds: number } | undefined;
  #interval: number | undefined;
  #steadyFrom: { number: bigint; seconds: number };

  /** @param number  the first number of the run, which arrived at `seconds` */
  constructor(number: bigint, seconds: number) {
    this.#steadyFrom = { number, seconds };
  }

  /** Seconds from one number to the next; undefined while unknown. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** The same, undefined while it may be a pause between acquisitions. */
  get reliableInterval(): number | undefined {
    return this.#steps.length < RELIABLE_STEPS ? undefined : this.#interval;
  }

  /** The longest time, in seconds, between two numbers at a steady pace. */
  get longestStep(): number {
    return (1 + STEADY_INTERVALS) * (this.#interval ?? 0) + STEADY_SECONDS;
  }

  /** Record a frame that arrived right after its exposure. */
  note(number: bigint, seconds: number): void {
    const before = this.#newest;
    if (before !== undefined && number <= before.number) return;
    this.#newest = { number, seconds };
    if (before === undefined) return;
    const numbers = Number(number - before.number);
    const elapsed = seconds - before.seconds;
    const interval = this.#interval;
    if (interval === undefined || !isAtPace(numbers, elapsed, interval)) {
      this.#steadyFrom = { number, seconds };
    }
    this.#steps.push(elapsed / numbers);
    if (this.#steps.length > STEPS) this.#steps.shift();
    this.#interval = median(this.#steps);
  }

  /**
   * Whether the numbers have increased at a steady pace from this one up to now, so that none of them can have come
   * back.
   */
  isSteadySince(number: bigint, nowSeconds: number): boolean {
    if (this.#newest === undefined || this.#steps.length < RELIABLE_STEPS) return false;
    return number >= this.#steadyFrom.number && nowSeconds - this.#newest.seconds <= this.longestStep;
  }

  /** Whether the numbers have increased at a steady pace between two numbers, the second of which is the newest. */
  isSteadyBetween(number: bigint, newest: bigint): boolean {
    return this.#newest?.number === newest && this.#steadyFrom.number <= number;
  }

  /** For how many seconds the numbers have increased at a steady pace. */
  steadySeconds(nowSeconds: number): number {
    return nowSeconds - this.#steadyFrom.seconds;
  }

  /** Whether a number follows the newest one at the previous pace. */
  isKeptBy(number: bigint, seconds: number): boolean {
    const before = this.#newest;
    if (before === undefined || this.#interval === undefined) return false;
    return isAtPace(Number(number - before.number), seconds - before.seconds, this.#interval);
  }
}

/** Whether this many numbers take this long. Numbers that follow a late one seem early. */
function isAtPace(numbers: number, elapsed: number, interval: number): boolean {
  const least = ((numbers - STEADY_INTERVALS) * interval) / 2 - STEADY_SECONDS;
  return elapsed >= least && elapsed <= (numbers + STEADY_INTERVALS) * interval + STEADY_SECONDS;
}
