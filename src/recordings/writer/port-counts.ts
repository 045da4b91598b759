import type { ModuleFrame } from "../../stream/index.js";

/** A gap that is longer is a number that makes no sense. */
const LONGEST_GAP = 1_000_000;

/** What became of one port's frames. */
export interface RecordedPort {
  readonly port: number;
  /** Whole frames that are in the files. */
  readonly frames: number;
  /** Of those that were accepted, how many lack packets. */
  readonly incomplete: number;
  /** Frame numbers that the port left out: lost on the way, or never sent to this stream. */
  readonly missing: number;
  /** Came twice, or by two streams; not written. */
  readonly duplicate: number;
  /** Came when the recording had its last frame. */
  readonly after_end: number;
  /** Accepted, and not in the files: still waiting, or the disk did not take them. */
  readonly unwritten: number;
}

/** Counts the frames of one port. */
export class PortCounts {
  readonly portIndex: number;
  duplicate = 0;
  afterEnd = 0;
  #accepted = 0;
  #incomplete = 0;
  #missing = 0;
  #newest: { readonly run: number; readonly frameNumber: bigint } | undefined;

  constructor(portIndex: number) {
    this.portIndex = portIndex;
  }

  accepted({ frameNumber, complete }: ModuleFrame, run: number): void {
    this.#accepted += 1;
    if (!complete) this.#incomplete += 1;
    if (this.#newest?.run === run) {
      const gap = Number(frameNumber - this.#newest.frameNumber) - 1;
      if (gap <= LONGEST_GAP) this.#missing += gap;
    }
    this.#newest = { run, frameNumber };
  }

  /** @param frames  that are in the files */
  recorded(frames: number): RecordedPort {
    return {
      port: this.portIndex,
      frames,
      incomplete: this.#incomplete,
      missing: this.#missing,
      duplicate: this.duplicate,
      after_end: this.afterEnd,
      unwritten: this.#accepted - frames,
    };
  }
}
