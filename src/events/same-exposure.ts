import type { Arrival, Exposure } from "./exposure.js";
import type { Ports } from "./ports.js";
import type { Timing } from "./timing.js";

/** Frames that begin their runs may be this far apart before a number was seen to come back. */
export const BEGINNING_SECONDS = 0.01;
/** The same within linked runs. If half of their frames are lost, longer times have caused wrong pairs. */
const FIRST_RUN_SECONDS = 0.1;
/**
 * How much later the other half may arrive, as a share of the time that a port took to reach the number: the next run
 * may be faster.
 */
export const LATE_SHARE = 1 / 8;
/** The same for a frame that lost packets, which is always late. */
const INCOMPLETE_SHARE = 1 / 2;
/** The assumed interval of a run while it is unknown. */
const SHORTEST_INTERVAL_SECONDS = 0.004;

/** Decides whether frames with one number belong to one exposure, once their runs are linked. */
export class SameExposure {
  readonly #ports: Ports;
  readonly #timing: Timing;

  constructor(ports: Ports, timing: Timing) {
    this.#ports = ports;
    this.#timing = timing;
  }

  /**
   * Whether a frame belongs to an exposure with its number, and not to an earlier or later one with the same number.
   */
  includes({ arrivals }: Exposure, arrival: Arrival): boolean {
    const said = arrivals.map((other) => this.#timing.ticksSay(other, arrival));
    if (said.includes("other")) return false;
    return said.includes("same") || arrivals.some((other) => this.#fits(other, arrival));
  }

  #fits(one: Arrival, other: Arrival): boolean {
    const isFirst = one.frame.arrivalSeconds <= other.frame.arrivalSeconds;
    const [first, second] = isFirst ? [one, other] : [other, one];
    const apart = second.frame.arrivalSeconds - first.frame.arrivalSeconds;
    const near = Math.min(apart, Math.abs(this.#timing.excess(first, second)));
    return near <= this.#tolerance(first, second) || this.#cannotHaveComeBack(first, second, apart);
  }

  #tolerance(first: Arrival, second: Arrival): number {
    const waited = haveWaited(first, second);
    if (!this.#ports.haveBegunAgain) return waited ? BEGINNING_SECONDS : FIRST_RUN_SECONDS;
    if (waited) return 0;
    if (!comeAlike(first, second)) return this.#incompleteTolerance(first, second);
    const { interval: one = 0 } = first.run.pace;
    const { interval: other = 0 } = second.run.pace;
    // No number comes back within an interval.
    return Math.min(
      Math.max(this.#timing.tolerance, Math.min(one, other) / 2),
      this.#ports.returnSeconds / 2,
    );
  }

  /**
   * The same if one frame lost packets: it arrives with the next one, which may have the same number if it begins a
   * run.
   */
  #incompleteTolerance(first: Arrival, second: Arrival): number {
    const beginsRun = [first, second].some(({ frame, run }) => run.first === frame.frameNumber);
    if (beginsRun) return 0;
    const interval = first.run.pace.interval ?? second.run.pace.interval ?? SHORTEST_INTERVAL_SECONDS;
    return Math.min(interval / 2, this.#timing.tolerance, this.#ports.returnSeconds / 2);
  }

  /** Whether the number of two frames can have occurred only once since the first of them. */
  #cannotHaveComeBack(first: Arrival, second: Arrival, apart: number): boolean {
    const { frameNumber } = first.frame;
    const port = this.#ports.of(first.frame);
    const { run } = port;
    if (run !== first.run && run?.resumable !== first.run) {
      // The port of the first frame has restarted, and has not reached the number again.
      return port.runBefore === first.run && run !== undefined && frameNumber > run.newest + 2n;
    }
    if (!second.isQueued && first.run.pace.isSteadySince(frameNumber, second.frame.arrivalSeconds))
      return true;
    const { run: secondRun } = second;
    if (second.isPrompt && secondRun.pace.isSteadyBetween(secondRun.linked.paired, frameNumber)) return true;
    // If times are uncertain, or little time has passed, nothing else is known.
    if (haveWaited(first, second) || !first.isTimely || (!first.isPrompt && !first.run.isLong)) return false;
    // A number takes as long to come back as it took to be reached, if the rate stays the same.
    const share = second.isTimely ? LATE_SHARE : INCOMPLETE_SHARE;
    return apart <= Math.min(this.#ports.returnSeconds, first.run.secondsTo(first.frame)) * share;
  }
}

/**
 * Whether either frame had waited to be read. Its arrival time is unknown, and may be before its number came back.
 */
export function haveWaited(one: Arrival, other: Arrival): boolean {
  return one.isQueued || other.isQueued;
}

/**
 * Whether two frames have the same delay after their exposure: a frame that lost packets arrives later, unless all
 * do.
 */
export function comeAlike(one: Arrival, other: Arrival): boolean {
  return one.isPrompt && other.isPrompt && one.frame.complete === other.frame.complete;
}
