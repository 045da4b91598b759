import { SECONDS_PER_TICK } from "../detector.js";
import type { Arrival } from "./exposure.js";
import { inOrder, pairKey, portsOf, ticksApart } from "./timing.js";

/** After this many coincidences with the same difference in a row, the difference is no coincidence. */
const LIKELY = 3;
const CERTAIN = 10;
/** The same if the ticks agree each time: enough to undo a link. */
const CERTAIN_BY_TICKS = 4;
/** For this long, nothing must have been paired. */
const UNPAIRED_SECONDS = 1;
/**
 * If frames with one number arrived together this often in a row, they belong to one exposure, whatever their clocks
 * say.
 */
const CONVINCING = 5;
/** Clocks that differ by more than this were not started together. */
const SAME_CLOCK_SECONDS = 2;
/** Share of an interval by which the clocks of two modules differ at most if they were started together. */
const SAME_EXPOSURE = 1 / 16;
/** Largest deviation of the time between two exposures from a whole number of intervals. */
const WHOLE_INTERVALS = 0.2;
/**
 * At higher rates, a frame is as close to the next exposure's frames as to its own other half. Then only ticks can
 * decide.
 */
const LEAST_INTERVAL_SECONDS = 0.004;
/** A rate that is higher for a shorter time may be that of frames which had waited during a stall too short to be noticed. */
const BURST_SECONDS = 0.1;

/** Two ports whose numbers differ, and the numbers that they send at the same time. */
export interface FoundDifference {
  readonly ports: readonly [number, number];
  readonly numbers: readonly [bigint, bigint];
}

/** Numbers that two ports sent at the same time, the newest last. */
interface Comparison {
  difference: bigint;
  /** How often in a row the difference was the same. */
  times: number;
  /** Whether the ticks were the same, too, each time. */
  areTicksAlike: boolean;
  /** Whether the numbers have differed before, and have not convincingly been the same since. */
  haveDiffered: boolean;
}

/**
 * Detects ports that number the same exposures differently: their frames arrive together, with a constant difference
 * of the numbers.
 */
export class NumberDifference {
  readonly #newest: (Arrival | undefined)[];
  /** By two ports. */
  readonly #compared = new Map<number, Comparison>();
  /** Since when each port's rate has been too high for arrival times to say anything. */
  readonly #fastSince: (number | undefined)[];
  #found: FoundDifference | undefined;

  constructor(portCount: number) {
    this.#newest = new Array<Arrival | undefined>(portCount).fill(undefined);
    this.#fastSince = new Array<number | undefined>(portCount).fill(undefined);
  }

  get found(): FoundDifference | undefined {
    return this.#found;
  }

  /** Something was paired. */
  forget(): void {
    for (const comparison of this.#compared.values()) {
      // If the ticks agree, the pair may be wrong.
      if (comparison.difference !== 0n && !comparison.areTicksAlike) startAnew(comparison);
    }
    this.#found = undefined;
  }

  /** Whether a port's numbers certainly differ from another's: frames with other numbers have the same ticks. */
  isCertain({ frame: { portIndex } }: Arrival): boolean {
    for (const [key, { difference, times, areTicksAlike }] of this.#compared) {
      if (difference !== 0n && areTicksAlike && times >= CERTAIN_BY_TICKS && portsOf(key).includes(portIndex))
        return true;
    }
    return false;
  }

  /** Whether the ports of two frames with one number seem to have different numbering. */
  isLikely(one: Arrival, other: Arrival): boolean {
    const { difference, times, haveDiffered } = this.#comparisonOf(one, other);
    if (difference === 0n && times >= CONVINCING) return false;
    return haveDiffered || areExposedApart(one, other);
  }

  /** @param pairSeconds  when something was last paired */
  note(arrival: Arrival, pairSeconds: number): void {
    const { frame } = arrival;
    this.#newest[frame.portIndex] = arrival;
    const { interval } = arrival.run.pace;
    if (interval === undefined) return;
    if (interval < LEAST_INTERVAL_SECONDS) {
      const since = this.#fastSince[frame.portIndex] ?? frame.arrivalSeconds;
      this.#fastSince[frame.portIndex] = since;
      if (frame.arrivalSeconds - since >= BURST_SECONDS) this.#forgetPort(frame.portIndex);
      return;
    }
    this.#fastSince[frame.portIndex] = undefined;
    for (const other of this.#newest) {
      if (other === undefined || other === arrival) continue;
      if (frame.arrivalSeconds - other.frame.arrivalSeconds <= interval / 4)
        this.#compare(other, arrival, pairSeconds);
    }
  }

  /** At this port's rate, arrival times do not show which frames belong together, so older results may be outdated. */
  #forgetPort(portIndex: number): void {
    for (const [key, comparison] of this.#compared)
      if (portsOf(key).includes(portIndex)) startAnew(comparison);
    this.#found = undefined;
  }

  /** Two frames arrived together. */
  #compare(other: Arrival, arrival: Arrival, pairSeconds: number): void {
    const [one, two] = inOrder(other, arrival);
    const comparison = this.#comparisonOf(one, two);
    const difference = isLate(arrival, other) ? 0n : two.frame.frameNumber - one.frame.frameNumber;
    const isSame = difference === comparison.difference && comparison.times > 0;
    comparison.times = isSame ? comparison.times + 1 : 1;
    comparison.difference = difference;
    comparison.areTicksAlike = (comparison.areTicksAlike || !isSame) && areTicksAlike(one, two);
    if (difference !== 0n) comparison.haveDiffered ||= comparison.times >= LIKELY;
    else if (comparison.times >= CONVINCING) comparison.haveDiffered = false;
    if (difference === 0n || comparison.times < CERTAIN) return;
    if (arrival.frame.arrivalSeconds - pairSeconds < UNPAIRED_SECONDS) return;
    this.#found = {
      ports: [one.frame.portIndex, two.frame.portIndex],
      numbers: [one.frame.frameNumber, two.frame.frameNumber],
    };
  }

  #comparisonOf(one: Arrival, other: Arrival): Comparison {
    const key = pairKey(...inOrder(one, other));
    const comparison = this.#compared.get(key) ?? {
      difference: 0n,
      times: 0,
      areTicksAlike: false,
      haveDiffered: false,
    };
    this.#compared.set(key, comparison);
    return comparison;
  }
}

function startAnew(comparison: Comparison): void {
  comparison.times = 0;
  comparison.haveDiffered = false;
}

/** Whether two frames have the same ticks, as far as the clocks of two modules agree. */
function areTicksAlike(one: Arrival, other: Arrival): boolean {
  if (one.frame.timestampTicks === 0n || other.frame.timestampTicks === 0n) return false;
  return Math.abs(ticksApart(one, other)) < intervalOf(one, other) / 4;
}

/**
 * Whether two frames with one number seem to belong to exposures that are some intervals apart, by clocks that were
 * started together. Other clocks may differ by as much.
 */
function areExposedApart(one: Arrival, other: Arrival): boolean {
  if (one.frame.timestampTicks === 0n || other.frame.timestampTicks === 0n) return false;
  const interval = intervalOf(one, other);
  const apart = Math.abs(ticksApart(one, other));
  if (interval === 0 || apart < interval / 2 || apart > SAME_CLOCK_SECONDS) return false;
  if (Math.abs(apart / interval - Math.round(apart / interval)) < WHOLE_INTERVALS) return true;
  // The pace may be irregular; then another frame has the same ticks.
  const near = interval * SAME_EXPOSURE;
  return (
    one.run.hasTicksNear(other.frame.timestampTicks, near) ||
    other.run.hasTicksNear(one.frame.timestampTicks, near)
  );
}

/** By the clocks where they can be trusted: frames from a backlog come at any pace. */
function intervalOf({ run: one }: Arrival, { run: other }: Arrival): number {
  const byClock = Math.max(one.tickInterval ?? 0, other.tickInterval ?? 0);
  return byClock >= LEAST_INTERVAL_SECONDS
    ? byClock
    : Math.max(one.pace.interval ?? 0, other.pace.interval ?? 0);
}

/** Whether one port is only late: frames with one number have the same ticks. */
function isLate(arrival: Arrival, other: Arrival): boolean {
  const ticks = other.run.sighting(arrival.frame.frameNumber)?.ticks;
  if (ticks === undefined || ticks === 0n || arrival.frame.timestampTicks === 0n) return false;
  const sameNumber = Math.abs(Number(ticks - arrival.frame.timestampTicks)) * SECONDS_PER_TICK;
  return sameNumber < Math.abs(ticksApart(arrival, other));
}
