import type { ModuleFrame } from "../stream/index.js";
import { Run } from "./exposure.js";

/** A frame that follows the one before so soon may be from a backlog. */
const BURST_SECONDS = 0.003;
/** When so many frames in a row lost packets, all of this port's do: it may read half of the rows. */
const INCOMPLETE_AS_A_RULE = 5;
/** The port remembers when so many frames came: enough for what the others bring while one is doubted. */
const REMEMBERED_FRAMES = 32;
/** The port's newest runs say how soon numbers come back: so many, since acquisitions become shorter and longer. */
const RECENT_RUNS = 3;
/** Of so many pauses the gaps may not have come yet. */
const PAUSES_ON_THE_WAY = 3;
/** After so many frames without a gap, a pause was too short to make one. */
const FRAMES_ON_THE_WAY = 2000;

/** What one port has brought lately. */
export class Port {
  /** Newest last. */
  readonly #runs: Run[] = [];
  /** When its newest frames came, newest last. */
  readonly #arrivals: number[] = [];
  #newestSeconds = Number.NEGATIVE_INFINITY;
  #afterSeconds = Number.NEGATIVE_INFINITY;
  #timelySeconds = Number.NEGATIVE_INFINITY;
  #gapSeconds = Number.POSITIVE_INFINITY;
  /** How many of its newest frames lost packets. */
  #incomplete = 0;
  #framesUntilNewest = 0;
  /** The newest of its runs of which a frame was given out, and when that frame came. */
  delivered = { order: 0, seconds: Number.NEGATIVE_INFINITY };
  /** How often it was asked to send nothing, without a gap in its numbers since. */
  #pauses = 0;
  /** How many frames it has brought since it was asked so last. */
  #framesSincePause = 0;
  /** The newest numbers that it did not send for that, first and last of each gap. */
  readonly #unasked: (readonly [bigint, bigint])[] = [];
  /** How many frames it has brought since an exposure was paired. */
  framesSincePair = 0;

  /** The run of its newest frame. */
  get run(): Run | undefined {
    return this.#runs.at(-1);
  }

  get runBefore(): Run | undefined {
    return this.#runs.at(-2);
  }

  /** When its newest frame came. */
  get newestSeconds(): number {
    return this.#newestSeconds;
  }

  /** When the frame before the newest came. */
  get afterSeconds(): number {
    return this.#afterSeconds;
  }

  /** Seconds between its two newest timely frames. */
  get gapSeconds(): number {
    return this.#gapSeconds;
  }

  /** How many frames all ports had brought when its newest came. */
  get framesUntilNewest(): number {
    return this.#framesUntilNewest;
  }

  /** Whether this is the only frame that it ever brought. */
  isFirst({ frameNumber }: ModuleFrame): boolean {
    const { run } = this;
    return this.runBefore === undefined && run?.first === frameNumber && run.newest === frameNumber;
  }

  /** The shortest time in seconds after which a number has come back lately; infinite if none has. */
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
    this.#framesSincePause = 0;
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
    this.#afterSeconds = this.#newestSeconds;
    this.#newestSeconds = arrivalSeconds;
    this.#arrivals.push(arrivalSeconds);
    if (this.#arrivals.length > REMEMBERED_FRAMES) this.#arrivals.shift();
    this.#framesUntilNewest = frames;
    this.framesSincePair += 1;
    this.#framesSincePause += 1;
    if (this.#framesSincePause > FRAMES_ON_THE_WAY) this.#pauses = 0;
  }

  /** Whether its newest frame came as frames of this port do: one that lost packets comes with the next, unless all do. */
  get isTimely(): boolean {
    return this.#incomplete === 0 || this.#incomplete >= INCOMPLETE_AS_A_RULE;
  }

  /** Whether its newest frame seems to be from a backlog. @param gapSeconds  the least time between frames of another port */
  isBurst(gapSeconds: number): boolean {
    return this.#gapSeconds < Math.min(BURST_SECONDS, gapSeconds / 2);
  }

  /** Whether it brought nothing around a time, as far back as it remembers. */
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

  /** Begin a run with its newest frame. @param resumable  the run that continues if this was no beginning */
  begin(frame: ModuleFrame, resumable?: Run): Run {
    const run = new Run(frame, this.#framesUntilNewest, this.run, resumable);
    this.#runs.push(run);
    if (this.#runs.length > RECENT_RUNS) this.#runs.shift();
    return run;
  }

  /** The newest run was no beginning: the one that it seemed to replace continues. */
  resume(run: Run): void {
    while (this.run !== undefined && this.run !== run) this.#runs.pop();
    if (this.run === undefined) this.#runs.push(run);
  }
}
