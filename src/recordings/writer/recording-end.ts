import type { Clock } from "../../api/index.js";
import type { ModuleFrame } from "../../stream/index.js";

/** How long to wait for the other ports after one has its last frame. */
const PATIENCE_SECONDS = 2;

/** When a recording is complete; Infinity for no limit. */
export interface RecordingLimits {
  /** Of each port. */
  readonly frames: number;
  /** Since the first frame. */
  readonly seconds: number;
  /** Size of headers and images. */
  readonly bytes: number;
}

/** The last frame of a recording. */
interface LastFrame {
  readonly run: number;
  readonly frameNumber: bigint;
  readonly arrivalSeconds: number;
}

/**
 * Decides when a recording ends. The first port that has all its frames determines the last frame number; the others
 * end with the same one, so that exposures are complete.
 */
export class RecordingEnd {
  readonly #limits: RecordingLimits;
  readonly #clock: Clock;
  readonly #frames = new Map<number, number>();
  /** Ports that have sent the last frame, or a later one. */
  readonly #complete = new Set<number>();
  #firstSeconds: number | undefined;
  #last: LastFrame | undefined;
  #bytes = 0;
  #isReached = false;

  constructor(limits: RecordingLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Whether the recording is complete. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /**
   * @param run  the run that the frame belongs to
   * @returns    whether it belongs to the recording
   */
  accept(
    { portIndex, frameNumber, arrivalSeconds }: ModuleFrame,
    { run, sizeBytes, portCount }: { run: number; sizeBytes: number; portCount: number },
  ): boolean {
    this.#firstSeconds ??= arrivalSeconds;
    this.look();
    this.#isReached ||= this.#bytes + sizeBytes > this.#limits.bytes;
    if (this.#isReached) return false;
    const isWanted = this.#last === undefined || !isAfter(this.#last, run, frameNumber);
    if (isWanted) {
      this.#bytes += sizeBytes;
      const frames = (this.#frames.get(portIndex) ?? 0) + 1;
      this.#frames.set(portIndex, frames);
      if (frames >= this.#limits.frames) this.#last ??= { run, frameNumber, arrivalSeconds };
    }
    if (this.#last !== undefined && isAfter(this.#last, run, frameNumber + 1n)) this.#complete.add(portIndex);
    this.#isReached = this.#complete.size === portCount;
    return isWanted;
  }

  /** @returns whether the time is over; remains true from then on */
  look(): boolean {
    const nowSeconds = this.#clock.nowSeconds();
    const endSeconds = Math.min(
      (this.#firstSeconds ?? Number.POSITIVE_INFINITY) + this.#limits.seconds,
      (this.#last?.arrivalSeconds ?? Number.POSITIVE_INFINITY) + PATIENCE_SECONDS,
    );
    this.#isReached ||= nowSeconds >= endSeconds;
    return this.#isReached;
  }
}

function isAfter(last: LastFrame, run: number, frameNumber: bigint): boolean {
  return run > last.run || (run === last.run && frameNumber > last.frameNumber);
}
