import { SECONDS_PER_TICK } from "../detector.js";
import type { ModuleFrame } from "../stream/index.js";
import { Pace } from "./pace.js";

/** A run remembers so many numbers, to recognise them when they come back. */
const REMEMBERED = 1024;
/** The beginning of a run of so many numbers says something about its end. */
const LONG_RUN = 8;

/** A frame of one port, and what is known of the moment when it came. */
export interface Arrival {
  readonly frame: ModuleFrame;
  readonly run: Run;
  /** Whether it had waited to be read, so that its arrival time says nothing. */
  readonly isQueued: boolean;
  /** Whether it came as frames of its port do: complete, unless none is. */
  readonly isTimely: boolean;
  /** Whether it came when it was exposed, as far as can be seen: timely, and not from a backlog. */
  readonly isPrompt: boolean;
  /** Seconds since the port's timely frame before. */
  readonly gapSeconds: number;
  /** When the port's frame before came. */
  readonly afterSeconds: number;
  /** How often the port's clock had begun anew. */
  readonly tickEpoch: number;
}

/** When a number came, and what the detector's clock said: 0 if it has none. */
interface Sighting {
  readonly seconds: number;
  readonly ticks: bigint;
  readonly isPrompt: boolean;
  readonly isComplete: boolean;
}

/** Frames of one port whose numbers grow: from one start of the detector's numbering to the next, or a part of it. */
export class Run {
  readonly portIndex: number;
  /** Grows from run to run. */
  readonly order: number;
  /** Its first number, and when that came. */
  readonly first: bigint;
  readonly firstSeconds: number;
  readonly pace: Pace;
  /** The runs of all ports that it belongs to. */
  linked = new LinkedRuns();
  /** The run that continues if this one is only a frame out of order; undefined once that is ruled out. */
  resumable: Run | undefined;
  /** Whether it began while the run before seemed to continue. */
  readonly interrupts: boolean;
  /** Whether its first number was one of the run before, with the same ticks: it may have come twice. */
  readonly isRepetition: boolean;
  /** The shortest time in seconds after which one of its numbers came back, of the run before; infinite if none did. */
  returnSeconds = Number.POSITIVE_INFINITY;
  readonly #seen = new Map<bigint, Sighting>();
  #newest: bigint;
  #newestSeconds: number;
  #tickInterval: number | undefined;

  /** @param before  the port's run before */
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

  /** When its newest number came. */
  get newestSeconds(): number {
    return this.#newestSeconds;
  }

  /** Seconds from one number to the next by the detector's clock, also in a backlog; undefined while that is not known. */
  get tickInterval(): number | undefined {
    return this.#tickInterval;
  }

  /** For how many seconds it has brought frames. */
  get ageSeconds(): number {
    return this.#newestSeconds - this.firstSeconds;
  }

  get isLong(): boolean {
    return this.#seen.size >= LONG_RUN;
  }

  /** When a number came; undefined if it did not, or too long ago. */
  sighting(number: bigint): Sighting | undefined {
    return this.#seen.get(number);
  }

  /** It was linked with others by mistake. */
  unlink(): void {
    this.linked = new LinkedRuns();
    this.linked.runs[this.portIndex] = this;
  }

  /** Take note of a frame of this run. */
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

  /** Take note of how soon a number came back that the run before had, too. What comes from a backlog does not say. */
  noteReturn(number: bigint, runBefore: Run | undefined): void {
    const [then, now] = [runBefore?.sighting(number), this.sighting(number)];
    if (!then?.isPrompt || !now?.isPrompt) return;
    this.returnSeconds = Math.min(this.returnSeconds, now.seconds - then.seconds);
  }

  /** Forget a frame that turned out to be of another run. */
  forget(number: bigint): void {
    this.#seen.delete(number);
  }

  /** Whether its next number may still be on its way. */
  isGoingOn(nowSeconds: number): boolean {
    return nowSeconds - this.#newestSeconds <= this.pace.longestStep;
  }

  /** How many seconds it took to come to a frame. Its number says it too: the frame may have come late. */
  secondsTo({ frameNumber, arrivalSeconds }: ModuleFrame): number {
    const { interval = Number.POSITIVE_INFINITY } = this.pace;
    return Math.min(arrivalSeconds - this.firstSeconds, Number(frameNumber - this.first) * interval);
  }
}

/** Runs of different ports that are of the same numbering: what they bring under one number is one exposure. */
export class LinkedRuns {
  /** The newest run of each port. */
  readonly runs: (Run | undefined)[] = [];
  /** Exposures that wait for more frames, by number. */
  readonly waiting = new Map<bigint, Exposure>();
  /** Numbers up to this one were given out or given up. */
  settled = -1n;
  /** The highest number of which every port's frame came. */
  paired = -1n;

  /** How many ports have a run in it. */
  get size(): number {
    return this.runs.filter((run) => run !== undefined).length;
  }

  /** Whether two ports' runs are in both, so that they cannot be of one numbering. */
  conflictsWith(others: LinkedRuns): boolean {
    return this.runs.some((run, port) => run !== undefined && others.runs[port] !== undefined);
  }

  /** Take the runs of others in. Their exposures stay where they are. */
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

/** What has come of one exposure. */
export class Exposure {
  readonly frameNumber: bigint;
  /** When its first frame came. */
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
