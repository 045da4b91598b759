import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import { release } from "./release.js";

/** The frames of one exposure: one of each port, in their order from the top of the detector. */
export type PairedFrames = readonly ModuleFrame[];

export interface PairingOptions {
  /** Ports of the detector: 2, or 4 with two interfaces. */
  readonly portCount: number;
  /** Frame numbers that may wait for their other halves at a time. */
  readonly windowSize: number;
}

/**
 * A gap that is longer says nothing about lost frames: a detector at its fastest, 2.4 kHz, takes seven minutes for as many.
 * Rather a header was damaged, whose number may be anything up to 2^64.
 */
const MAX_MISSED = 1_000_000n;

/** Where one stream is. */
interface StreamPosition {
  /** Number of its newest frame. */
  newest: bigint;
  /** The run it is in, from 0. */
  run: number;
}

/**
 * Puts the frames of the ports together by frame number. Pure: no socket, no clock.
 *
 * Each stream's numbers only grow within a run of the detector. When they do not, a new run has begun, at once for
 * this stream; another stream's frames may still be of an old run and must not be paired with the new one. So each
 * stream counts its runs, and frames of the newest run alone are paired. A stream that did not see a run at all cannot
 * know: it is taken into the newest run when its numbers are near those of that run, which must have become longer than
 * the window, because streams are never that far apart.
 */
export class Pairing {
  readonly #options: PairingOptions;
  readonly #counters: EventCounters;
  readonly #streams = new Map<number, StreamPosition>();
  /** Frames that wait, by frame number; one slot a port. Insertion order is the order of arrival. */
  readonly #waiting = new Map<bigint, (ModuleFrame | undefined)[]>();
  #run = 0;
  /** The newest run's highest frame number. */
  #newest = 0n;
  /** How many frame numbers it has brought. */
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

  /** Of those, the frames of one port. */
  waitingOf(portIndex: number): number {
    let frames = 0;
    for (const slots of this.#waiting.values()) if (slots[portIndex] !== undefined) frames += 1;
    return frames;
  }

  /**
   * Take one frame in.
   *
   * @param streamIndex  the stream that brought it; two streams must not claim the same port
   * @returns the frames of the exposure that it completes, if it does
   */
  accept(streamIndex: number, frame: ModuleFrame): PairedFrames | undefined {
    if (!this.#isOfNewestRun(streamIndex, frame.frameNumber)) return this.#discard(frame, "unpaired");
    const slots = this.#waiting.get(frame.frameNumber) ?? this.#newSlots(frame.frameNumber);
    if (slots === undefined) return this.#discard(frame, "late");
    if (slots[frame.portIndex] !== undefined) return this.#discard(frame, "duplicate");
    slots[frame.portIndex] = frame;
    const frames = slots.filter((slot) => slot !== undefined);
    if (frames.length === this.#options.portCount) {
      this.#waiting.delete(frame.frameNumber);
      this.#counters.paired += 1;
      return frames;
    }
    if (this.#waiting.size > this.#options.windowSize) this.#giveUp(lowest(this.#waiting.keys()));
    return undefined;
  }

  /** Count all that waits as unpaired: at the end of the stream, or of a run. */
  giveUpAll(): void {
    for (const frameNumber of this.#waiting.keys()) this.#giveUp(frameNumber);
  }

  #discard(frame: ModuleFrame, reason: "unpaired" | "late" | "duplicate"): undefined {
    this.#counters[reason] += 1;
    release([frame]);
  }

  #isOfNewestRun(streamIndex: number, frameNumber: bigint): boolean {
    const stream = this.#streams.get(streamIndex) ?? { newest: -1n, run: 0 };
    this.#streams.set(streamIndex, stream);
    if (frameNumber <= stream.newest) {
      stream.run += 1;
      if (stream.run > this.#run) this.#beginRun();
    } else if (this.#mayJoin(stream, frameNumber)) {
      stream.run = this.#run; // what it missed of either run cannot be known
    } else if (stream.newest >= 0n) {
      const missed = frameNumber - stream.newest - 1n;
      if (missed <= MAX_MISSED) this.#counters.missed += Number(missed);
    }
    stream.newest = frameNumber;
    if (stream.run !== this.#run) return false;
    if (frameNumber > this.#newest) this.#newest = frameNumber;
    return true;
  }

  /** Whether a stream of an older run brings a number that is as near to the newest as streams are to each other. */
  #mayJoin(stream: StreamPosition, frameNumber: bigint): boolean {
    if (stream.run === this.#run || this.#runLength <= this.#options.windowSize) return false;
    const distance = frameNumber - this.#newest;
    return (distance < 0n ? -distance : distance) <= BigInt(this.#options.windowSize);
  }

  #beginRun(): void {
    this.giveUpAll();
    this.#run += 1;
    this.#runLength = 0;
    this.#newest = 0n;
    this.#settled = 0n;
  }

  /** Slots for a number that is seen first; undefined if it was given up before. */
  #newSlots(frameNumber: bigint): (ModuleFrame | undefined)[] | undefined {
    if (frameNumber <= this.#settled) return undefined;
    const slots = new Array<ModuleFrame | undefined>(this.#options.portCount).fill(undefined);
    this.#waiting.set(frameNumber, slots);
    this.#runLength += 1;
    return slots;
  }

  #giveUp(frameNumber: bigint): void {
    const frames = (this.#waiting.get(frameNumber) ?? []).filter((slot) => slot !== undefined);
    this.#counters.unpaired += frames.length;
    release(frames);
    this.#waiting.delete(frameNumber);
    if (frameNumber > this.#settled) this.#settled = frameNumber;
  }
}

function lowest(numbers: Iterable<bigint>): bigint {
  let least: bigint | undefined;
  for (const number of numbers) if (least === undefined || number < least) least = number;
  return least ?? 0n;
}
