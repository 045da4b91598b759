import { SECONDS_PER_TICK } from "../detector.js";
import { median } from "../statistics/index.js";
import type { ModuleFrame } from "../stream/index.js";
import type { Arrival } from "./exposure.js";
import type { Ports } from "./ports.js";

/**
 * How much further apart than usual the halves of an exposure may arrive: while the usual time is unknown, and at
 * most.
 */
const UNKNOWN_TOLERANCE_SECONDS = 0.015;
const MAX_TOLERANCE_SECONDS = 0.1;
/** Deviation of arrival times on a busy machine, however regular they were so far. */
const MIN_TOLERANCE_SECONDS = 0.004;
/** The tolerance is this many times the usual deviation. */
const SPREADS = 6;
/** The lag of a port, and the usual deviation, are medians of this many pairs. */
const PAIRS = 7;
/**
 * The difference of the ticks of one exposure deviates from the usual one by less than the first value, because some
 * senders stamp each port by itself, and never by more than the second. Both only as long as no number comes back
 * sooner.
 */
const SAME_TICKS_SECONDS = 0.02;
const OTHER_TICKS_SECONDS = 0.04;
/** How much the time between two frames may differ from their ticks if the clock has continued. */
const CLOCK_TOLERANCE_SECONDS = 0.1;
/** How far the clocks of two modules may drift apart between two pairs, as a share of the time. */
const DRIFT = 1e-4;

interface PortTicks {
  newest: bigint;
  seconds: number;
  /** How often the clock has restarted. */
  epoch: number;
  /** Whether the clock was seen to continue while the numbers restarted: then the same ticks never come back. */
  outlivesRuns: boolean;
}

interface TickOffset {
  readonly seconds: number;
  readonly epochs: readonly [number, number];
  readonly sinceSeconds: number;
}

/** Recent arrival times and ticks of complete exposures, which define how close is close enough. */
export class Timing {
  /** For each port, how much later than the first frame its frame arrived, in the newest complete exposures. */
  readonly #lags: number[][];
  #lag: number[];
  /** For the newest pairs, the deviation of their lags from the usual ones. */
  readonly #deviations: number[] = [];
  readonly #ports: Ports;
  readonly #ticks: PortTicks[];
  /** By pair of ports, how much the second clock is ahead of the first. */
  #offsets = new Map<number, TickOffset>();
  #pairSeconds = Number.NEGATIVE_INFINITY;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#lags = Array.from({ length: ports.size }, () => []);
    this.#lag = new Array<number>(ports.size).fill(0);
    this.#ticks = this.#lags.map(() => ({ newest: 0n, seconds: 0, epoch: 0, outlivesRuns: false }));
  }

  /** When exposures were last paired. */
  get pairSeconds(): number {
    return this.#pairSeconds;
  }

  /** Nothing fits any more: forget the usual values. */
  forget(): void {
    for (const lags of this.#lags) lags.length = 0;
    this.#lag.fill(0);
    this.#deviations.length = 0;
    this.#offsets.clear();
  }

  /** Whether enough exposures were paired recently to know the usual values. */
  get isKnown(): boolean {
    return this.#deviations.length === PAIRS;
  }

  /** How much further apart than usual two frames of one exposure may arrive. */
  get tolerance(): number {
    if (!this.isKnown) return UNKNOWN_TOLERANCE_SECONDS;
    return Math.min(
      Math.max(SPREADS * median(this.#deviations), MIN_TOLERANCE_SECONDS),
      MAX_TOLERANCE_SECONDS,
    );
  }

  /**
   * Record a frame's ticks. To be called in the order of arrival.
   *
   * @returns how often its clock had restarted
   */
  noteTicks({ portIndex, timestampTicks, arrivalSeconds }: ModuleFrame, beginsRun: boolean): number {
    const port = this.#ticks[portIndex] as PortTicks;
    if (timestampTicks === 0n) return port.epoch;
    const elapsed = Number(timestampTicks - port.newest) * SECONDS_PER_TICK;
    if (elapsed <= 0) {
      port.epoch += 1;
      port.outlivesRuns = false;
    } else if (beginsRun && port.newest > 0n) {
      const waited = arrivalSeconds - port.seconds;
      // After a short pause, a restarted clock would be equally close.
      port.outlivesRuns ||= Math.abs(elapsed - waited) <= Math.min(CLOCK_TOLERANCE_SECONDS, waited / 2);
    }
    port.newest = timestampTicks;
    port.seconds = arrivalSeconds;
    return port.epoch;
  }

  /** Whether a port's clock was seen to continue while its numbers restarted. */
  outlivesRuns(portIndex: number): boolean {
    return this.#ticks[portIndex]?.outlivesRuns === true;
  }

  /** Learn from the frames of one exposure. */
  notePair(arrivals: readonly Arrival[]): void {
    const seconds = arrivals.map(({ frame }) => frame.arrivalSeconds);
    this.#pairSeconds = Math.max(...seconds);
    this.#noteOffsets(arrivals);
    if (!arrivals.every(({ isPrompt }) => isPrompt)) return;
    const first = Math.min(...seconds);
    let deviation = 0;
    for (const [index, { frame }] of arrivals.entries()) {
      const lag = (seconds[index] as number) - first;
      const lags = this.#lags[frame.portIndex] as number[];
      keepNewest(lags, lag);
      deviation = Math.max(deviation, Math.abs(lag - (this.#lag[frame.portIndex] as number)));
      this.#lag[frame.portIndex] = median(lags);
    }
    keepNewest(this.#deviations, deviation);
  }

  /** How much later than usual the second frame is, relative to the first, in seconds. */
  excess(first: Arrival, second: Arrival): number {
    const usual = (this.#lag[second.frame.portIndex] ?? 0) - (this.#lag[first.frame.portIndex] ?? 0);
    return second.frame.arrivalSeconds - first.frame.arrivalSeconds - usual;
  }

  /**
   * The verdict of the ticks: `same` only if the clocks cannot have returned to these values; undefined if they
   * decide nothing.
   */
  ticksSay(first: Arrival, second: Arrival): "same" | "other" | undefined {
    const [a, b] = inOrder(first, second);
    const offset = this.#offsets.get(pairKey(a, b));
    if (offset === undefined || a.frame.timestampTicks === 0n || b.frame.timestampTicks === 0n)
      return undefined;
    if (offset.epochs[0] !== a.tickEpoch || offset.epochs[1] !== b.tickEpoch) return undefined;
    const age = Math.abs(b.frame.arrivalSeconds - offset.sinceSeconds);
    const difference = Math.abs(ticksApart(a, b) - offset.seconds);
    const limit = (seconds: number) => Math.min(seconds, this.#ports.returnSeconds / 2) + DRIFT * age;
    if (difference > limit(OTHER_TICKS_SECONDS)) return "other";
    const isSame = difference <= limit(SAME_TICKS_SECONDS);
    return isSame && this.#outlivesRuns(a) && this.#outlivesRuns(b) ? "same" : undefined;
  }

  #noteOffsets(arrivals: readonly Arrival[]): void {
    for (const [index, a] of arrivals.entries()) {
      for (const b of arrivals.slice(index + 1)) {
        if (a.frame.timestampTicks === 0n || b.frame.timestampTicks === 0n) continue;
        this.#offsets.set(pairKey(a, b), {
          seconds: ticksApart(a, b),
          epochs: [a.tickEpoch, b.tickEpoch],
          sinceSeconds: b.frame.arrivalSeconds,
        });
      }
    }
  }

  #outlivesRuns({ frame, tickEpoch }: Arrival): boolean {
    return this.outlivesRuns(frame.portIndex) && this.#ticks[frame.portIndex]?.epoch === tickEpoch;
  }
}

/** How many seconds the second clock is ahead. */
export function ticksApart(first: Arrival, second: Arrival): number {
  return Number(second.frame.timestampTicks - first.frame.timestampTicks) * SECONDS_PER_TICK;
}

/** Two frames, the one of the upper port first. */
export function inOrder(one: Arrival, other: Arrival): readonly [Arrival, Arrival] {
  return one.frame.portIndex < other.frame.portIndex ? [one, other] : [other, one];
}

/** A key for two ports. */
export function pairKey({ frame: a }: Arrival, { frame: b }: Arrival): number {
  return 16 * a.portIndex + b.portIndex;
}

/** The ports of a key. */
export function portsOf(key: number): readonly [number, number] {
  return [Math.floor(key / 16), key % 16];
}

function keepNewest(values: number[], value: number): void {
  values.push(value);
  if (values.length > PAIRS) values.shift();
}
