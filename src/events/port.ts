import type { ModuleFrame } from "../stream/index.js";
import { Run } from "./exposure.js";

/** A frame that follows the previous one this soon may be from a backlog. */
const BURST_SECONDS = 0.003;
/** If this many frames in a row lost packets, all frames of this port do: it may read only half of the rows. */
const INCOMPLETE_AS_A_RULE = 5;
/**
 * The port remembers the arrival of this many frames: enough for those of other ports while one frame is doubtful.
 */
const REMEMBERED_FRAMES = 32;
/**
 * This many of a port's newest runs show how soon numbers come back; several, because the lengths of acquisitions
 * vary.
 */
const RECENT_RUNS = 3;
/** The gaps of this many pauses may not have appeared yet. */
const PAUSES_ON_THE_WAY = 3;
/** After this many frames without a gap, a pause was too short to cause one. */
const FRAMES_ON_THE_WAY = 2000;

/** What one port has sent recently. */
export class Port {
  /** Newest last. */
  readonly #runs: Run[] = [];
  /** When its newest frames arrived, newest last. */
  readonly #arrivals: number[] = [];
  #newestSeconds = Number.NEGATIVE_INFINITY;
  #afterSeconds = Number.NEGATIVE_INFINITY;
  #timelySeconds = Number.NEGATIVE_INFINITY;
  #gapSeconds = Number.POSITIVE_INFINITY;
  /** How many of its newest frames lost packets. */
  #incomplete = 0;
  #framesUntilNewest = 0;
  /** Its newest run with a delivered frame, and when that frame arrived. */
  delivered = { order: 0, seconds: Number.NEGATIVE_INFINITY };
  /** How many pauses it was asked for that have not caused a gap in its numbers yet. */
  #pauses = 0;
  /** How many frames it has sent since the last of these pauses. */
  #framesSincePause = 0;
  /** The newest numbers that it did not send because of pauses: first and last of each gap. */
  readonly #unasked: (readonly [bigint, bigint])[] = [];
  /** How many frames it has sent since an exposure was paired. */
  framesSincePair = 0;

  /** The run of its newest frame. */
  get run(): Run | undefined {
    return this.#runs.at(-1);
  }

  get runBefore(): Run | undefined {
    return this.#runs.at(-2);
  }

  /** When its newest frame arrived. */
  get newestSeconds(): number {
    return this.#newestSeconds;
  }

  /** When the frame before the newest arrived. */
  get afterSeconds(): number {
    return this.#afterSeconds;
  }

  /** Seconds between its two newest timely frames. */
  get gapSeconds(): number {
    return this.#gapSeconds;
  }

  /** How many frames of all ports had arrived when its newest did. */
  get framesUntilNewest(): number {
    return this.#framesUntilNewest;
  }

  /** Whether it has sent only one frame so far. */
  isFirst({ frameNumber }: ModuleFrame): boolean {
    const { run } = this;
    return this.runBefore === undefined && run?.first === frameNumber && run.newest === frameNumber;
  }

  /** The shortest time, in seconds, after which a number came back recently; infinite if none did. */
  get returnSeconds(): number {
    return Math.min(...this.#runs.map((run) => run.returnSeconds));
  }

  /** Whether a frame may not have been sent because of a pause. */
  isUnasked(frameNumber: bigint): boolean {
    if (this.#unasked.some(([first, last]) => frameNumber >= first && frameNumber <= last)) return true;
    return this.#pauses > 0 && frameNumber > (this.run?.newest ?? -1n);
  }

  /**
   * The monitor has unsubscribed. Frames sent before, and the gap of the previous pause, may still be on their way.
   */
  pause(): void {
    this.#pauses = Math.min(this.#pauses + 1, PAUSES_ON_THE_WAY);
    this.#framesSincePause = 0;
  }

  /** Record a gap in its numbers. @returns whether a pause explains the gap */
  noteGap(first: bigint, last: bigint): boolean {
    if (this.#pauses === 0) return false;
    this.#pauses -= 1;
    this.#unasked.push([first, last]);
    if (this.#unasked.length > PAUSES_ON_THE_WAY) this.#unasked.shift();
    return true;
  }

  /** Record that a frame arrived. @param frames  how many have arrived from all ports */
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

  /**
   * Whether its newest frame arrived in the typical way: a frame that lost packets arrives with the next one, unless
   * all frames do.
   */
  get isTimely(): boolean {
    return this.#incomplete === 0 || this.#incomplete >= INCOMPLETE_AS_A_RULE;
  }

  /**
   * Whether its newest frame seems to be from a backlog.
   * @param gapSeconds  the shortest time between frames of another port
   */
  isBurst(gapSeconds: number): boolean {
    return this.#gapSeconds < Math.min(BURST_SECONDS, gapSeconds / 2);
  }

  /** Whether it sent nothing around a time, as far back as it remembers. */
  isSilentAround(seconds: number, tolerance: number): boolean {
    const [oldest = Number.NEGATIVE_INFINITY] = this.#arrivals;
    const isKnown = oldest < seconds || this.#arrivals.length < REMEMBERED_FRAMES;
    return isKnown && !this.#arrivals.some((arrival) => Math.abs(arrival - seconds) <= tolerance);
  }

  /** Whether another frame followed a frame within some time. */
  isFollowedWithin(seconds: number, within: number): boolean {
    return this.#arrivals.some((arrival) => arrival > seconds && arrival - seconds < within);
  }

  /** Whether it has sent nothing since. */
  isSilentSince(seconds: number): boolean {
    return this.#newestSeconds < seconds;
  }

  /** Begin a run with its newest frame. @param resumable  the run that continues if this was not a beginning */
  begin(frame: ModuleFrame, resumable?: Run): Run {
    const run = new Run(frame, this.#framesUntilNewest, this.run, resumable);
    this.#runs.push(run);
    if (this.#runs.length > RECENT_RUNS) this.#runs.shift();
    return run;
  }

  /** The newest run was not a beginning: the run that it seemed to replace continues. */
  resume(run: Run): void {
    while (this.run !== undefined && this.run !== run) this.#runs.pop();
    if (this.run === undefined) this.#runs.push(run);
  }
}
