import type { ModuleFrame } from "../stream/index.js";
import type { LinkedRuns } from "./exposure.js";
import { Run } from "./run.js";

/** A frame that follows the one before so soon may be from a backlog. */
const BURST_SECONDS = 0.003;
/** A port from which nothing comes for so long, while others bring frames, is not waited for. */
const ABSENT_SECONDS = 1;
/** How many frames the others must have brought meanwhile, each. */
const ABSENT_FRAMES = 3;
/** When so many frames in a row lost packets, that is how the port is: it may read half of the rows. */
const INCOMPLETE_AS_A_RULE = 5;
/** Of so many frames it is known when they came. */
const REMEMBERED_FRAMES = 32;
/** By so many runs it is judged how soon numbers come back. */
const RECENT_RUNS = 3;
/** Of so many pauses the gaps may not have come yet. */
const PAUSES_ON_THE_WAY = 3;

/** What one port has brought lately. */
export class Port {
  /** Newest last. */
  readonly #runs: Run[] = [];
  /** When its newest frames came. */
  readonly #arrivals: number[] = [];
  #newestSeconds = Number.NEGATIVE_INFINITY;
  /** Time between its two newest timely frames. */
  #gapSeconds = Number.POSITIVE_INFINITY;
  #timelySeconds = Number.NEGATIVE_INFINITY;
  /** How many of its newest frames lost packets. */
  #incomplete = 0;
  /** How many frames all ports had brought when its newest came. */
  #framesUntilNewest = 0;
  /** The newest of its runs of which a frame was given out, and when that came. */
  delivered = { order: 0, seconds: Number.NEGATIVE_INFINITY };
  /** How often it was asked to send nothing, without a gap in its numbers since. */
  #pauses = 0;
  /** The newest numbers that it did not send for that, first and last of each gap. */
  readonly #unasked: (readonly [bigint, bigint])[] = [];
  /** How many frames it has brought since an exposure was paired. */
  framesSincePair = 0;

  /** The run that its newest frame is of. */
  get run(): Run | undefined {
    return this.#runs.at(-1);
  }

  /** The run before. */
  get runBefore(): Run | undefined {
    return this.#runs.at(-2);
  }

  get newestSeconds(): number {
    return this.#newestSeconds;
  }

  get gapSeconds(): number {
    return this.#gapSeconds;
  }

  /** The shortest time after which a number has come back lately; infinite if none has. */
  get returnSeconds(): number {
    return Math.min(...this.#runs.map((run) => run.returnSeconds));
  }

  /** Whether it may not have sent a frame because it was asked not to. */
  isUnasked(frameNumber: bigint): boolean {
    if (this.#unasked.some(([first, last]) => frameNumber >= first && frameNumber <= last)) return true;
    return this.#pauses > 0 && frameNumber > (this.run?.newest ?? -1n);
  }

  /** It was asked to send nothing. What it sent before may still be on its way, and the gap of the pause before. */
  pause(): void {
    this.#pauses = Math.min(this.#pauses + 1, PAUSES_ON_THE_WAY);
  }

  /** Take note of a gap in its numbers. @returns whether it was asked not to send them */
  noteGap(first: bigint, last: bigint): boolean {
    if (this.#pauses === 0) return false;
    this.#pauses -= 1;
    this.#unasked.push([first, last]);
    if (this.#unasked.length > PAUSES_ON_THE_WAY) this.#unasked.shift();
    return true;
  }

  /** Take note that a frame came. @param frames  how many have come from all ports */
  note({ arrivalSeconds, complete }: ModuleFrame, frames: number): void {
    this.#incomplete = complete ? 0 : this.#incomplete + 1;
    if (this.isTimely) {
      this.#gapSeconds = arrivalSeconds - this.#timelySeconds;
      this.#timelySeconds = arrivalSeconds;
    }
    this.#newestSeconds = arrivalSeconds;
    this.#arrivals.push(arrivalSeconds);
    if (this.#arrivals.length > REMEMBERED_FRAMES) this.#arrivals.shift();
    this.#framesUntilNewest = frames;
    this.framesSincePair += 1;
  }

  /** Whether its newest frame came as frames of this port do: one that lost packets comes with the next, unless all do. */
  get isTimely(): boolean {
    return this.#incomplete === 0 || this.#incomplete >= INCOMPLETE_AS_A_RULE;
  }

  /** Whether its newest frame seems to be from a backlog: it came sooner after the one before than others bring theirs. */
  isBurst(others: readonly Port[]): boolean {
    const theirs = Math.min(...others.map(({ gapSeconds }) => gapSeconds));
    return this.#gapSeconds < Math.min(BURST_SECONDS, theirs / 2);
  }

  /**
   * Whether it need not be waited for.
   *
   * @param frames        how many have come from all ports
   * @param others        how many other ports there are
   * @param firstSeconds  when the first frame came
   */
  isAbsent(nowSeconds: number, frames: number, others: number, firstSeconds: number): boolean {
    const since = Math.max(this.#newestSeconds, firstSeconds);
    return nowSeconds - since > ABSENT_SECONDS && frames - this.#framesUntilNewest >= ABSENT_FRAMES * others;
  }

  /** Whether it brought nothing around a time, as far back as is known. */
  isSilentAround(seconds: number, tolerance: number): boolean {
    const [oldest = Number.NEGATIVE_INFINITY] = this.#arrivals;
    const isKnown = oldest < seconds || this.#arrivals.length < REMEMBERED_FRAMES;
    return isKnown && !this.#arrivals.some((arrival) => Math.abs(arrival - seconds) <= tolerance);
  }

  /** Whether a frame was followed by another within some time. */
  isFollowedWithin(seconds: number, within: number): boolean {
    return this.#arrivals.some((arrival) => arrival > seconds && arrival - seconds < within);
  }

  /** Whether it has brought nothing since. */
  isSilentSince(seconds: number): boolean {
    return this.#newestSeconds < seconds;
  }

  /** Begin a run with a frame. @param resumable  the run that goes on if this was no beginning */
  begin(frame: ModuleFrame, linked: LinkedRuns, resumable?: Run): Run {
    const run = new Run(
      frame.portIndex,
      this.#framesUntilNewest,
      frame.frameNumber,
      frame.arrivalSeconds,
      linked,
    );
    run.resumable = resumable;
    run.isRepetition = resumable?.sighting(frame.frameNumber)?.ticks === frame.timestampTicks;
    linked.runs[frame.portIndex] = run;
    this.#runs.push(run);
    if (this.#runs.length > RECENT_RUNS) this.#runs.shift();
    return run;
  }

  /** The newest run was no beginning: the one that it seemed to replace goes on. */
  resume(run: Run): void {
    while (this.run !== undefined && this.run !== run) this.#runs.pop();
    if (this.run === undefined) this.#runs.push(run);
  }
}
