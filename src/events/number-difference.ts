import { SECONDS_PER_TICK } from "../detector.js";
import type { Arrival } from "./exposure.js";
import { ticksApart } from "./timing.js";

/** Frames came with others of another number so often, one after the other: from then on it is no chance. */
const LIKELY = 3;
const CERTAIN = 10;
/** For how long nothing may have been paired. */
const UNPAIRED_SECONDS = 1;
/** At higher rates a frame is as near to the next exposure's as to its own other half. Then only ticks can tell. */
const LEAST_INTERVAL_SECONDS = 0.004;

/** Two ports whose numbers differ, and what they bring at the same time. */
export interface FoundDifference {
  readonly ports: readonly [number, number];
  readonly numbers: readonly [bigint, bigint];
}

/** Looks for ports that number the same exposures differently: frames come together, and their numbers differ by the same. */
export class NumberDifference {
  readonly #newest: (Arrival | undefined)[];
  /** How often in a row two ports differed by how much. */
  #seen = { ports: [-1, -1] as [number, number], difference: 0n, times: 0 };
  #found: FoundDifference | undefined;

  constructor(portCount: number) {
    this.#newest = new Array<Arrival | undefined>(portCount).fill(undefined);
  }

  get found(): FoundDifference | undefined {
    return this.#found;
  }

  /** Something was paired. */
  forget(): void {
    this.#seen.times = 0;
    this.#found = undefined;
  }

  /** Whether the ports of two frames seem to number differently. */
  isLikely(one: Arrival, other: Arrival): boolean {
    const { ports, times } = this.#seen;
    return times >= LIKELY && ports.includes(one.frame.portIndex) && ports.includes(other.frame.portIndex);
  }

  /** @param pairSeconds  when anything was paired last */
  note(arrival: Arrival, pairSeconds: number): void {
    const { frame } = arrival;
    this.#newest[frame.portIndex] = arrival;
    const interval = arrival.run.pace.interval ?? 0;
    if (interval < LEAST_INTERVAL_SECONDS) return;
    for (const other of this.#newest) {
      if (other === undefined || other === arrival) continue;
      if (frame.arrivalSeconds - other.frame.arrivalSeconds <= interval / 4)
        this.#compare(other, arrival, pairSeconds);
    }
  }

  /** Two frames came together. */
  #compare(other: Arrival, arrival: Arrival, pairSeconds: number): void {
    const [one, two] = other.frame.portIndex < arrival.frame.portIndex ? [other, arrival] : [arrival, other];
    const ports: [number, number] = [one.frame.portIndex, two.frame.portIndex];
    const difference = two.frame.frameNumber - one.frame.frameNumber;
    const isSame =
      ports.every((port, index) => port === this.#seen.ports[index]) && difference === this.#seen.difference;
    if (difference === 0n || isLate(arrival, other)) this.#seen = { ports, difference, times: 0 };
    else this.#seen = { ports, difference, times: isSame ? this.#seen.times + 1 : 1 };
    if (this.#seen.times < CERTAIN || arrival.frame.arrivalSeconds - pairSeconds < UNPAIRED_SECONDS) return;
    this.#found = { ports, numbers: [one.frame.frameNumber, two.frame.frameNumber] };
  }
}

/** Whether one port is merely late: frames of one number have the same ticks. */
function isLate(arrival: Arrival, other: Arrival): boolean {
  const ticks = other.run.sighting(arrival.frame.frameNumber)?.ticks;
  if (ticks === undefined || ticks === 0n || arrival.frame.timestampTicks === 0n) return false;
  const sameNumber = Math.abs(Number(ticks - arrival.frame.timestampTicks)) * SECONDS_PER_TICK;
  return sameNumber < Math.abs(ticksApart(arrival, other));
}
