import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";

/** The frames of one exposure: one of each port, in their order from the top of the detector. */
export type PairedFrames = readonly ModuleFrame[];

export interface PairingOptions {
  /** Ports of the detector: 2, or 4 with two interfaces. */
  readonly portCount: number;
  /** Frame numbers that may wait for their other halves at a time. */
  readonly windowSize: number;
}

/** What one stream is doing. */
interface StreamProgress {
  /** Number of its newest frame. */
  newest: bigint;
  /** The run it is in. */
  run: number;
}

/**
 * Puts the frames of the ports together by frame number. Pure: no socket, no clock.
 *
 * Each stream's numbers only grow within a run of the detector. When they do not, a new run has begun, at once for
 * this stream; another stream's frames may still be of the old run and must not be paired with the new one. That other
 * stream joins the new run when its own numbers go back. If it lost the frames that would show this, it joins once it
 * is within the numbers of the new run and the new run is longer than the window: streams are never that far apart.
 */
export class Pairing {
  readonly #options: PairingOptions;
  readonly #counters: EventCounters;
  readonly #streams = new Map<number, StreamProgress>();
  /** Frames that wait, by frame number; one slot a port. Insertion order is the order of arrival. */
  readonly #waiting = new Map<bigint, (ModuleFrame | undefined)[]>();
  #run = 0;
  /** Frame numbers seen first in this run. */
  #runLength = 0;
  /** Numbers up to this one were paired or given up. */
  #settled = 0n;

  /** @param counters  kept up to date by {@link accept} and {@link giveUpAll} */
  constructor(options: PairingOptions, counters: EventCounters) {
    this.#options = options;
    this.#counters = counters;
  }

  /** Module frames that wait for their other halves. */
  get waiting(): number {
    let frames = 0;
    for (const slots of this.#waiting.values()) frames += slots.filter((slot) => slot !== undefined).length;
    return frames;
  }

  /**
   * Take one frame in.
   *
   * @param streamIndex  the stream that brought it; two streams must not claim the same port
   * @returns the frames of the exposure that it completes, if it does
   */
  accept(streamIndex: number, frame: ModuleFrame): PairedFrames | undefined {
    if (!this.#isOfNewestRun(streamIndex, frame.frameNumber)) {
      this.#counters.unpaired += 1;
      return undefined;
    }
    const slots = this.#waiting.get(frame.frameNumber) ?? this.#newSlots(frame.frameNumber);
    if (slots === undefined) {
      this.#counters.late += 1;
      return undefined;
    }
    if (slots[frame.portIndex] !== undefined) {
      this.#counters.duplicate += 1;
      return undefined;
    }
    slots[frame.portIndex] = frame;
    const complete = slots.filter((slot) => slot !== undefined);
    if (complete.length < this.#options.portCount) return undefined;

    this.#waiting.delete(frame.frameNumber);
    this.#counters.paired += 1;
    return complete;
  }

  /** Count all that waits as unpaired: at the end of the stream, or of a run. */
  giveUpAll(): void {
    this.#counters.unpaired += this.waiting;
    this.#waiting.clear();
  }

  #isOfNewestRun(streamIndex: number, frameNumber: bigint): boolean {
    const stream = this.#streams.get(streamIndex);
    if (stream === undefined) {
      this.#streams.set(streamIndex, { newest: frameNumber, run: this.#run });
      return true;
    }
    if (frameNumber <= stream.newest) {
      if (stream.run === this.#run) this.#beginRun();
      stream.run = this.#run;
    } else if (stream.run !== this.#run && this.#runLength > this.#options.windowSize) {
      if (this.#waiting.has(frameNumber)) stream.run = this.#run;
    }
    stream.newest = frameNumber;
    return stream.run === this.#run;
  }

  #beginRun(): void {
    this.giveUpAll();
    this.#run += 1;
    this.#runLength = 0;
    this.#settled = 0n;
  }

  /** Slots for a number that is seen first; undefined if it was given up before. Makes room in the window. */
  #newSlots(frameNumber: bigint): (ModuleFrame | undefined)[] | undefined {
    if (frameNumber <= this.#settled) return undefined;
    const slots = new Array<ModuleFrame | undefined>(this.#options.portCount).fill(undefined);
    this.#waiting.set(frameNumber, slots);
    this.#runLength += 1;
    if (this.#waiting.size > this.#options.windowSize) this.#giveUp(lowest(this.#waiting.keys()));
    return slots;
  }

  #giveUp(frameNumber: bigint): void {
    const slots = this.#waiting.get(frameNumber) ?? [];
    this.#counters.unpaired += slots.filter((slot) => slot !== undefined).length;
    this.#waiting.delete(frameNumber);
    if (frameNumber > this.#settled) this.#settled = frameNumber;
  }
}

function lowest(numbers: Iterable<bigint>): bigint {
  let least: bigint | undefined;
  for (const number of numbers) if (least === undefined || number < least) least = number;
  return least ?? 0n;
}
