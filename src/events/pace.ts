import { median } from "./median.js";

/** The interval is the median of so many steps; the lateness of one or two then does not matter. */
const STEPS = 5;
/** With fewer steps, the median may be the one that was late. */
const RELIABLE_STEPS = 3;
/** In a step that is longer by this than its numbers say, the numbers may have begun again: not so many fit in less. */
const STEADY_INTERVALS = 0.75;
/** Arrival times are not exact, at any rate. */
const STEADY_SECONDS = 0.004;

/** How fast the numbers of a run grow, and since when they have grown without a pause in which they could have begun again. */
export class Pace {
  readonly #steps: number[] = [];
  #newest: { number: bigint; seconds: number } | undefined;
  #interval: number | undefined;
  #steadyFrom: { number: bigint; seconds: number };

  /** @param number  the first number of the run, which came at `seconds` */
  constructor(number: bigint, seconds: number) {
    this.#steadyFrom = { number, seconds };
  }

  /** Seconds from one number to the next; undefined while that is not known. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** The same, undefined while it may be a pause between acquisitions. */
  get reliableInterval(): number | undefined {
    return this.#steps.length < RELIABLE_STEPS ? undefined : this.#interval;
  }

  /** The longest time, in seconds, that a steady pace leaves between two numbers. */
  get longestStep(): number {
    return (1 + STEADY_INTERVALS) * (this.#interval ?? 0) + STEADY_SECONDS;
  }

  /** Take note of a frame that came when it was exposed. */
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

  /** Whether the numbers have grown at their pace from this one up to now, so that none of them can have come back. */
  isSteadySince(number: bigint, nowSeconds: number): boolean {
    if (this.#newest === undefined || this.#steps.length < RELIABLE_STEPS) return false;
    return number >= this.#steadyFrom.number && nowSeconds - this.#newest.seconds <= this.longestStep;
  }

  /** Whether the numbers have grown at their pace between two numbers, of which the second is the newest. */
  isSteadyBetween(number: bigint, newest: bigint): boolean {
    return this.#newest?.number === newest && this.#steadyFrom.number <= number;
  }

  /** For how many seconds the numbers have grown at their pace. */
  steadySeconds(nowSeconds: number): number {
    return nowSeconds - this.#steadyFrom.seconds;
  }

  /** Whether a number follows the newest at the pace of those before. */
  isKeptBy(number: bigint, seconds: number): boolean {
    const before = this.#newest;
    if (before === undefined || this.#interval === undefined) return false;
    return isAtPace(Number(number - before.number), seconds - before.seconds, this.#interval);
  }
}

/** Whether so many numbers take so long. Numbers that follow a late one seem early. */
function isAtPace(numbers: number, elapsed: number, interval: number): boolean {
  const least = ((numbers - STEADY_INTERVALS) * interval) / 2 - STEADY_SECONDS;
  return elapsed >= least && elapsed <= (numbers + STEADY_INTERVALS) * interval + STEADY_SECONDS;
}
