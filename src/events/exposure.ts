import { SECONDS_PER_TICK } from "../detector.js";
import type { ModuleFrame } from "../stream/index.js";
import { Pace } from "./pace.js";

/** A run remembers this many numbers, to recognise them when they come back. */
const REMEMBERED = 1024;
/** Only a run of this many numbers allows conclusions from its beginning. */
const LONG_RUN = 8;

/** A frame of one port, and what is known of its arrival. */
export interface Arrival {
  readonly frame: ModuleFrame;
  readonly run: Run;
  /** Whether it had waited to be read, so that its arrival time is meaningless. */
  readonly isQueued: boolean;
  /** Whether it is a typical frame of its port: complete, unless none are. */
  readonly isTimely: boolean;
  /** Whether it seems to have arrived right after its exposure: timely, and not from a backlog. */
  readonly isPrompt: boolean;
  /** Seconds since the port's previous timely frame. */
  readonly gapSeconds: number;
  /** When the port's previous frame arrived. */
  readonly afterSeconds: number;
  /** How often the port's clock had restarted. */
  readonly tickEpoch: number;
}

/** When a number arrived, and its ticks: 0 without a clock. */
interface Sighting {
  readonly seconds: number;
  readonly ticks: bigint;
  readonly isPrompt: boolean;
  readonly isComplete: boolean;
}

/**
 * Frames of one port with increasing numbers: from one start of the detector's numbering to the next, or a part of
 * these.
 */
export class Run {
  readonly portIndex: number;
  /** Increases from run to run. */
  readonly order: number;
  /** Its first number, and when it arrived. */
  readonly first: bigint;
  readonly firstSeconds: number;
  readonly pace: Pace;
  /** The linked runs of all ports that it belongs to. */
  linked = new LinkedRuns();
  /** The run that continues if this one turns out to be a frame out of order; undefined when that is ruled out. */
  resumable: Run | undefined;
  /** Whether it began while the previous run seemed to continue. */
  readonly interrupts: boolean;
  /** Whether the previous run has its first number with the same ticks, so that the frame may have arrived twice. */
  readonly isRepetition: boolean;
  /**
   * The shortest time, in seconds, after which a number of the previous run came back in this one; infinite if none
   * did.
   */
  returnSeconds = Number.POSITIVE_INFINITY;
  readonly #seen = new Map<bigint, Sighting>();
  #newest: bigint;
  #newestSeconds: number;
  #tickInterval: number | undefined;

  /** @param before  the port's previous run */
  constructor(first: ModuleFrame, order: number, before: Run | undefined, resumable: Run | undefined) {
    this.portIndex = first.portIndex;
    this.order = order;
    this.first = first.frameNumber;
    this.firstSeconds = first.arrivalSeconds;
    this.pace = new Pace(this.first, this.firstSeconds);
    this.resumable = resumable;
    this.interrupts = before?.isGoingOn(this.firstSeconds) === true;
    this.isRepetition = resumable?.sighting(this.first)?.ticks === first.timestampTicks;
    this.#newest = this.first;
    this.#newestSeconds = this.firstSeconds;
    this.linked.runs[this.portIndex] = this;
  }

  get newest(): bigint {
    return this.#newest;
  }

  /** When its newest number arrived. */
  get newestSeconds(): number {
    return this.#newestSeconds;
  }

  /** Seconds from one number to the next by the detector's clock, also in a backlog; undefined while that is not known. */
  get tickInterval(): number | undefined {
    return this.#tickInterval;
  }

  /** Seconds from its first frame to its newest. */
  get ageSeconds(): number {
    return this.#newestSeconds - this.firstSeconds;
  }

  get isLong(): boolean {
    return this.#seen.size >= LONG_RUN;
  }

  /** When a number arrived; undefined if it did not, or too long ago. */
  sighting(number: bigint): Sighting | undefined {
    return this.#seen.get(number);
  }

  /** Whether it has a frame whose ticks differ by less than this. */
  hasTicksNear(ticks: bigint, seconds: number): boolean {
    for (const { ticks: own } of this.#seen.values()) {
      if (own !== 0n && Math.abs(Number(own - ticks)) * SECONDS_PER_TICK < seconds) return true;
    }
    return false;
  }

  /** Undo a mistaken link with other runs. */
  unlink(): void {
    this.linked = new LinkedRuns();
    this.linked.runs[this.portIndex] = this;
  }

  /** Record a frame of this run. */
  note({ frameNumber, arrivalSeconds, timestampTicks, complete }: ModuleFrame, isPrompt: boolean): void {
    this.#noteTicks(frameNumber, timestampTicks);
    this.#seen.set(frameNumber, {
      seconds: arrivalSeconds,
      ticks: timestampTicks,
      isPrompt,
      isComplete: complete,
    });
    if (this.#seen.size > REMEMBERED) {
      const [oldest = frameNumber] = this.#seen.keys();
      this.#seen.delete(oldest);
    }
    if (isPrompt) this.pace.note(frameNumber, arrivalSeconds);
    if (frameNumber < this.#newest) return;
    this.#newest = frameNumber;
    this.#newestSeconds = arrivalSeconds;
  }

  #noteTicks(frameNumber: bigint, ticks: bigint): void {
    const before = this.#seen.get(this.#newest)?.ticks ?? 0n;
    if (before === 0n || ticks <= before || frameNumber <= this.#newest) return;
    this.#tickInterval = (Number(ticks - before) * SECONDS_PER_TICK) / Number(frameNumber - this.#newest);
  }

  /** Record how soon a number of the previous run came back. Frames from a backlog are not used. */
  noteReturn(number: bigint, runBefore: Run | undefined): void {
    const [then, now] = [runBefore?.sighting(number), this.sighting(number)];
    if (!then?.isPrompt || !now?.isPrompt) return;
    this.returnSeconds = Math.min(this.returnSeconds, now.seconds - then.seconds);
  }

  /** Remove a frame that turned out to belong to another run. */
  forget(number: bigint): void {
    this.#seen.delete(number);
  }

  /** Whether its next number may still be on its way. */
  isGoingOn(nowSeconds: number): boolean {
    return nowSeconds - this.#newestSeconds <= this.pace.longestStep;
  }

  /** Seconds from its start to a frame. The frame may be late, so its number is used, too. */
  secondsTo({ frameNumber, arrivalSeconds }: ModuleFrame): number {
    const { interval = Number.POSITIVE_INFINITY } = this.pace;
    return Math.min(arrivalSeconds - this.firstSeconds, Number(frameNumber - this.first) * interval);
  }
}

/** Linked runs of different ports, which have the same numbering: frames with one number are one exposure. */
export class LinkedRuns {
  /** The newest run of each port. */
  readonly runs: (Run | undefined)[] = [];
  /** Exposures that wait for more frames, by number. */
  readonly waiting = new Map<bigint, Exposure>();
  /** Exposures up to this number were delivered or discarded. */
  settled = -1n;
  /** The highest number for which every port's frame arrived. */
  paired = -1n;

  /** How many ports have a run here. */
  get size(): number {
    return this.runs.filter((run) => run !== undefined).length;
  }

  /** Whether both contain runs of the same port, so that they cannot be linked. */
  conflictsWith(others: LinkedRuns): boolean {
    return this.runs.some((run, port) => run !== undefined && others.runs[port] !== undefined);
  }

  /** Add the runs of another group. Their exposures stay where they are. */
  join(others: LinkedRuns): void {
    for (const [port, run] of others.runs.entries()) {
      if (run === undefined) continue;
      run.linked = this;
      this.runs[port] = run;
    }
    for (const run of this.runs) if (run !== undefined) run.resumable = undefined;
    if (others.settled > this.settled) this.settled = others.settled;
  }
}

/** The frames of one exposure so far. */
export class Exposure {
  readonly frameNumber: bigint;
  /** When its first frame arrived. */
  readonly firstSeconds: number;
  /** One slot per port. */
  readonly slots: (Arrival | undefined)[];
  linked: LinkedRuns;

  constructor(first: Arrival, portCount: number) {
    this.linked = first.run.linked;
    this.frameNumber = first.frame.frameNumber;
    this.firstSeconds = first.frame.arrivalSeconds;
    this.slots = new Array<Arrival | undefined>(portCount).fill(undefined);
    this.put(first);
  }

  /** Put a frame into the slot of its port. */
  put(arrival: Arrival): void {
    this.slots[arrival.frame.portIndex] = arrival;
  }

  get arrivals(): Arrival[] {
    return this.slots.filter((slot) => slot !== undefined);
  }
}
