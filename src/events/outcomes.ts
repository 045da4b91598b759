import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import type { Exposure } from "./exposure.js";
import type { NumberDifference } from "./number-difference.js";
import type { Ports } from "./ports.js";
import { release } from "./release.js";
import type { Timing } from "./timing.js";
import { LEAST_WAIT_SECONDS, type WaitingExposures } from "./waiting-exposures.js";

export interface OutcomeOptions {
  /** So many exposures that were given out are remembered, to recognise what is older, and their other halves. */
  readonly windowSize: number;
  /** Whether exposures are given out of which a port's frame did not come. */
  readonly partial: boolean;
}

/** Decides what becomes of an exposure: it is given out whole, given out in part, or given up. */
export class Outcomes {
  readonly #options: OutcomeOptions;
  readonly #counters: EventCounters;
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  readonly #difference: NumberDifference;
  /** Exposures that were given out lately, newest last. */
  readonly #lately: Exposure[] = [];
  #finished: Exposure[] = [];
  /** When the first frame came of the newest exposure that was given out. */
  #deliveredSeconds = Number.NEGATIVE_INFINITY;

  /** @param counters  kept up to date */
  constructor(
    options: OutcomeOptions,
    counters: EventCounters,
    ports: Ports,
    timing: Timing,
    waiting: WaitingExposures,
    difference: NumberDifference,
  ) {
    this.#options = options;
    this.#counters = counters;
    this.#ports = ports;
    this.#timing = timing;
    this.#waiting = waiting;
    this.#difference = difference;
  }

  /** The exposures that were given out since it was called last, in their order. */
  take(): Exposure[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  /** Every port's frame has come. */
  complete(exposure: Exposure): void {
    this.#closeOlder(exposure);
    this.#waiting.remove(exposure);
    this.#timing.notePair(exposure.arrivals);
    this.#ports.notePair();
    this.#difference.forget();
    const { linked, frameNumber } = exposure;
    if (frameNumber > linked.paired) linked.paired = frameNumber;
    this.#counters.paired += 1;
    this.#giveOut(exposure);
  }

  /** All frames have come but those of absent ports. */
  completeWithoutAbsent(exposure: Exposure): void {
    this.#closeOlder(exposure);
    this.#close(exposure);
  }

  /** An exposure has waited for too long. */
  outwait(exposure: Exposure, nowSeconds: number): void {
    const { linked, slots, frameNumber, firstSeconds } = exposure;
    const isLost = this.#ports.every((port, index) => {
      if (slots[index] !== undefined || port.isSilentSince(firstSeconds)) return true;
      const run = linked.runs[index];
      return (run !== undefined && run.newest > frameNumber) || this.#ports.isAbsent(port, nowSeconds);
    });
    if (isLost) this.#close(exposure);
    else this.giveUp(exposure);
  }

  giveUp(exposure: Exposure): void {
    this.#waiting.remove(exposure);
    settle(exposure);
    for (const { frame } of exposure.arrivals) this.discard(frame, "unpaired");
  }

  /** Count a frame that belongs to no exposure, and free its memory. */
  discard(frame: ModuleFrame, reason: "unpaired" | "late" | "duplicate"): void {
    this.#counters[reason] += 1;
    release([frame]);
  }

  /** Ports bring their frames in order: an exposure that is older than a whole one will not become whole. */
  #closeOlder(than: Exposure): void {
    const { linked, frameNumber } = than;
    const before = than.firstSeconds - this.#timing.tolerance;
    const all = [...this.#waiting];
    const others = all.filter((one) => one.linked !== linked && one.firstSeconds < before);
    const own = all.filter((one) => one.linked === linked && one.frameNumber < frameNumber);
    own.sort((a, b) => Number(a.frameNumber - b.frameNumber));
    for (const exposure of [...others, ...own]) this.#close(exposure);
  }

  /** No more frames of an exposure will come: give out what there is of it, if it is newer than what was given out. */
  #close(exposure: Exposure): void {
    const isNew = this.#options.partial && !this.#isOld(exposure);
    if (!isNew || !this.#isKnownToLack(exposure) || this.#hasCounterpart(exposure)) {
      this.giveUp(exposure);
      return;
    }
    this.#waiting.remove(exposure);
    this.#counters.partial += 1;
    this.#counters.partialFrames += exposure.arrivals.length;
    this.#giveOut(exposure);
  }

  /** Whether an exposure is older than one that was given out, or may be. */
  #isOld(exposure: Exposure): boolean {
    const { frameNumber, firstSeconds, linked, arrivals, slots } = exposure;
    if (frameNumber <= linked.settled || this.#lately.some((other) => isOvertaken(exposure, other)))
      return true;
    // A frame that came late makes those after it seem older.
    const last = this.#lately.at(-1);
    const isNext = last?.linked === linked && frameNumber === last.frameNumber + 1n;
    if (firstSeconds < this.#deliveredSeconds && !isNext) return true;
    const isPrompt = arrivals.every((one) => one.isPrompt && !this.#ports.isFollowedAtOnce(one));
    return this.#ports.some(({ delivered }, port) => {
      const run = linked.runs[port];
      const isInOrder = isPrompt || linked.settled === frameNumber - 1n;
      if (run !== undefined && isInOrder) return run.order < delivered.order;
      // When it was exposed is not known: perhaps before what this port has brought since the frame before.
      const isMissing = slots[port] === undefined;
      return !isPrompt && isMissing && arrivals.some((one) => one.afterSeconds <= delivered.seconds);
    });
  }

  /** Whether other frames of what may be the same exposure were given out, or are older and will be. */
  #hasCounterpart({ frameNumber, firstSeconds, slots, linked }: Exposure): boolean {
    const mayBeSame = (other: Exposure) =>
      other.frameNumber === frameNumber &&
      other.linked !== linked &&
      Math.abs(other.firstSeconds - firstSeconds) < LEAST_WAIT_SECONDS &&
      other.slots.every((slot, port) => slot === undefined || slots[port] === undefined);
    if (this.#lately.some(mayBeSame)) return true;
    for (const other of this.#waiting) if (other.firstSeconds < firstSeconds && mayBeSame(other)) return true;
    return false;
  }

  /**
   * Whether the missing frames did not come under another number, or at another time: half an exposure is of no use if the
   * other half is there.
   */
  #isKnownToLack(exposure: Exposure): boolean {
    if (this.#isRepeated(exposure) || isOutOfOrder(exposure)) return false;
    const { linked, slots, firstSeconds, arrivals } = exposure;
    return this.#ports.every((port, index) => {
      if (slots[index] !== undefined || linked.runs[index] !== undefined) return true;
      if (this.#ports.isAbsent(port, firstSeconds)) return true;
      const isPrompt = arrivals.every((arrival) => arrival.isPrompt);
      return isPrompt && !this.#ports.areInVain && port.isSilentAround(firstSeconds, this.#timing.tolerance);
    });
  }

  /** Whether all that came is a frame that may have come twice, while other ports are there to say so. */
  #isRepeated({ arrivals, frameNumber }: Exposure): boolean {
    const [only] = arrivals;
    if (only === undefined || arrivals.length > 1) return false;
    const { run, frame } = only;
    if (run.first !== frameNumber || !run.isRepetition) return false;
    return this.#ports.some(
      (port, index) => index !== frame.portIndex && !this.#ports.isAbsent(port, frame.arrivalSeconds),
    );
  }

  #giveOut(exposure: Exposure): void {
    settle(exposure);
    for (const { frame, run } of exposure.arrivals) {
      const port = this.#ports.of(frame);
      port.delivered = { order: Math.max(run.order, port.delivered.order), seconds: frame.arrivalSeconds };
    }
    this.#lately.push(exposure);
    if (this.#lately.length > this.#options.windowSize) this.#lately.shift();
    this.#deliveredSeconds = Math.max(this.#deliveredSeconds, exposure.firstSeconds);
    this.#finished.push(exposure);
  }
}

/**
 * Whether an exposure of other runs has a higher number, and these runs were there at the same time: they may be of one
 * numbering, and not linked yet.
 */
function isOvertaken(exposure: Exposure, other: Exposure): boolean {
  if (other.linked === exposure.linked || other.frameNumber <= exposure.frameNumber) return false;
  return exposure.arrivals.some((one) =>
    other.arrivals.some(
      ({ run, frame }) =>
        run.firstSeconds <= one.frame.arrivalSeconds && one.run.firstSeconds <= frame.arrivalSeconds,
    ),
  );
}

/** Whether nothing came but frames that began runs while the runs before continued: rather they were out of order. */
function isOutOfOrder({ arrivals, frameNumber }: Exposure): boolean {
  return arrivals.every(({ run }) => run.first === frameNumber && run.interrupts);
}

function settle({ linked, frameNumber }: Exposure): void {
  if (frameNumber > linked.settled) linked.settled = frameNumber;
}
