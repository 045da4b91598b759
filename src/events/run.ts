import { LinkedRuns } from "./exposure.js";

/** When a number came, and what the detector's clock said: 0 if it has none. */
export interface Sighting {
  readonly seconds: number;
  readonly ticks: bigint;
  /** Whether it came when it was exposed, as far as can be seen. */
  readonly isPrompt: boolean;
  readonly isComplete: boolean;
}

/** How many numbers a run remembers, to know them when they come back. */
const REMEMBERED = 1024;
/** How many steps the interval is the median of, and how many it takes to rely on it. */
const STEPS = 5;
const RELIABLE_STEPS = 3;
/** A step that takes longer than its numbers say by more than this may hide that the numbers began again. */
const STEADY_INTERVALS = 0.75;
const STEADY_SECONDS = 0.004;

/** Frames of one port whose numbers grow: from one start of the detector's numbering to the next, or a part of it. */
export class Run {
  readonly portIndex: number;
  /** Grows from run to run. */
  readonly order: number;
  /** Its first number, and when that came. */
  readonly first: bigint;
  readonly firstSeconds: number;
  /** The runs of all ports that it belongs to. */
  linked: LinkedRuns;
  /** What this run seems to replace; undefined once that is certain. */
  resumable: Run | undefined;
  /** Whether its first number was one of the run before, with the same ticks: it may have come twice. */
  isRepetition = false;
  /** The shortest time after which one of its numbers came back, of the run before; infinite if none did. */
  returnSeconds = Number.POSITIVE_INFINITY;
  readonly #seen = new Map<bigint, Sighting>();
  readonly #steps: number[] = [];
  #newest: bigint;
  #newestSeconds: number;
  /** The newest complete frame: only those come when they were exposed. */
  #paced: { number: bigint; seconds: number } | undefined;
  #interval: number | undefined;
  #steadyFrom: { number: bigint; seconds: number };

  constructor(portIndex: number, order: number, number: bigint, seconds: number, linked: LinkedRuns) {
    this.portIndex = portIndex;
    this.order = order;
    this.first = number;
    this.firstSeconds = seconds;
    this.linked = linked;
    this.#newest = number;
    this.#newestSeconds = seconds;
    this.#steadyFrom = { number, seconds };
  }

  get newest(): bigint {
    return this.#newest;
  }

  /** For how long it has brought frames. */
  get ageSeconds(): number {
    return this.#newestSeconds - this.firstSeconds;
  }

  /** Seconds from one number to the next; undefined while that is not known. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** When a number came; undefined if it did not, or too long ago. */
  sighting(number: bigint): Sighting | undefined {
    return this.#seen.get(number);
  }

  /** How many numbers it has brought, as far as it remembers. */
  get length(): number {
    return this.#seen.size;
  }

  /** It was linked with others by mistake. */
  unlink(): void {
    this.linked = new LinkedRuns();
    this.linked.runs[this.portIndex] = this;
  }

  /** Take note of a frame of this run. */
  note(number: bigint, sighting: Sighting): void {
    this.#seen.set(number, sighting);
    if (this.#seen.size > REMEMBERED) {
      const [oldest] = this.#seen.keys();
      this.#seen.delete(oldest as bigint);
    }
    if (sighting.isPrompt) this.#pace(number, sighting.seconds);
    if (number < this.#newest) return;
    this.#newest = number;
    this.#newestSeconds = sighting.seconds;
  }

  /** Forget a frame that turned out to be of another run. */
  forget(number: bigint): void {
    this.#seen.delete(number);
  }

  /**
   * Whether the numbers have grown at their pace from this one up to now, so that they cannot have begun again since:
   * that would have taken longer, or been seen.
   */
  isSteadySince(number: bigint, nowSeconds: number): boolean {
    if (this.#interval === undefined || this.#paced === undefined || number < this.#steadyFrom.number)
      return false;
    if (this.#steps.length < RELIABLE_STEPS) return false;
    return nowSeconds - this.#paced.seconds <= (1 + STEADY_INTERVALS) * this.#interval + STEADY_SECONDS;
  }

  /** Whether the numbers have grown at their pace between two, the second the newest. */
  isSteadyFrom(number: bigint, newest: bigint): boolean {
    return this.#paced?.number === newest && this.#steadyFrom.number <= number;
  }

  /** Whether its next number may still be on its way. */
  isGoingOn(nowSeconds: number): boolean {
    const { interval = 0 } = this;
    return nowSeconds - this.#newestSeconds <= (1 + STEADY_INTERVALS) * interval + STEADY_SECONDS;
  }

  /** For how long the numbers have grown at their pace. */
  steadySeconds(nowSeconds: number): number {
    return nowSeconds - this.#steadyFrom.seconds;
  }

  /** Whether a number goes on from the newest at the pace of those before. */
  isOnPace(number: bigint, seconds: number): boolean {
    const paced = this.#paced;
    if (paced === undefined || this.#interval === undefined) return false;
    return isAtPace(Number(number - paced.number), seconds - paced.seconds, this.#interval);
  }

  #pace(number: bigint, seconds: number): void {
    const before = this.#paced;
    if (before !== undefined && number <= before.number) return;
    this.#paced = { number, seconds };
    if (before === undefined) return;
    const numbers = Number(number - before.number);
    const elapsed = seconds - before.seconds;
    const interval = this.#interval;
    if (interval === undefined || !isAtPace(numbers, elapsed, interval))
      this.#steadyFrom = { number, seconds };
    this.#steps.push(elapsed / numbers);
    if (this.#steps.length > STEPS) this.#steps.shift();
    this.#interval = median(this.#steps);
  }
}

/** Whether so many numbers take so long. A few that were late make those after them seem early. */
function isAtPace(numbers: number, elapsed: number, interval: number): boolean {
  const least = ((numbers - STEADY_INTERVALS) * interval) / 2 - STEADY_SECONDS;
  return elapsed >= least && elapsed <= (numbers + STEADY_INTERVALS) * interval + STEADY_SECONDS;
}

/** The middle one, or the lower of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}
