import type { ModuleFrame } from "../../stream/index.js";

/** A longer gap means an invalid number. */
const LONGEST_GAP = 1_000_000;

/** The outcome of one port's frames. */
export interface RecordedPort {
  readonly port: number;
  /** Complete records in the files. */
  readonly frames: number;
  /** Accepted frames that lack packets. */
  readonly incomplete: number;
  /** Missing frame numbers: lost on the way, or never sent to this stream. */
  readonly missing: number;
  /** Arrived twice, or from two streams; not written. */
  readonly duplicate: number;
  /** Arrived after the last frame of the recording. */
  readonly after_end: number;
  /** Accepted, but not in the files: still waiting, or they could not be written. */
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
