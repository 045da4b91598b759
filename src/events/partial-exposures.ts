import type { Exposure, LinkedRuns, Run } from "./exposure.js";
import type { Ports } from "./ports.js";
import type { Timing } from "./timing.js";
import { LEAST_WAIT_SECONDS, type WaitingExposures } from "./waiting-exposures.js";

/** What is remembered of an exposure that was given out. Its frames are somebody else's, and not kept. */
interface GivenOut {
  readonly frameNumber: bigint;
  readonly firstSeconds: number;
  readonly linked: LinkedRuns;
  /** One slot per port: the run of its frame, and when that came. */
  readonly slots: readonly ({ readonly run: Run; readonly seconds: number } | undefined)[];
}

/** Judges whether an exposure may be given out although frames are missing: in order, and only if they did not come. */
export class PartialExposures {
  readonly #rememberedExposures: number;
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  /** What was given out lately, newest last. */
  readonly #lately: GivenOut[] = [];
  /** When the first frame came of the newest exposure that was given out. */
  #newestSeconds = Number.NEGATIVE_INFINITY;

  /** @param rememberedExposures  how many exposures that were given out are remembered */
  constructor(rememberedExposures: number, ports: Ports, timing: Timing, waiting: WaitingExposures) {
    this.#rememberedExposures = rememberedExposures;
    this.#ports = ports;
    this.#timing = timing;
    this.#waiting = waiting;
  }

  mayBeGivenOut(exposure: Exposure): boolean {
    if (this.#isOld(exposure) || this.#isRepeated(exposure) || isOutOfOrder(exposure)) return false;
    return this.#isKnownToLack(exposure) && !this.#hasCounterpart(exposure);
  }

  /** Take note of what is given out, whole or not. */
  noteGivenOut({ frameNumber, firstSeconds, linked, slots, arrivals }: Exposure): void {
    for (const { frame, run } of arrivals) {
      const port = this.#ports.of(frame);
      port.delivered = { order: Math.max(run.order, port.delivered.order), seconds: frame.arrivalSeconds };
    }
    const seen = slots.map((slot) => slot && { run: slot.run, seconds: slot.frame.arrivalSeconds });
    this.#lately.push({ frameNumber, firstSeconds, linked, slots: seen });
    if (this.#lately.length > this.#rememberedExposures) this.#lately.shift();
    this.#newestSeconds = Math.max(this.#newestSeconds, firstSeconds);
  }

  /** Whether an exposure is older than one that was given out, or may be. */
  #isOld(exposure: Exposure): boolean {
    const { frameNumber, firstSeconds, linked, arrivals, slots } = exposure;
    if (frameNumber <= linked.settled || this.#lately.some((other) => isOvertaken(exposure, other)))
      return true;
    // A frame that came late makes those after it seem older.
    const last = this.#lately.at(-1);
    const isNext = last?.linked === linked && frameNumber === last.frameNumber + 1n;
    if (firstSeconds < this.#newestSeconds && !isNext) return true;
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
    const mayBeSame = (other: Exposure | GivenOut) =>
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
}

/**
 * Whether an exposure of other runs has a higher number, and these runs were there at the same time: they may be of one
 * numbering, and not linked yet.
 */
function isOvertaken(exposure: Exposure, other: GivenOut): boolean {
  if (other.linked === exposure.linked || other.frameNumber <= exposure.frameNumber) return false;
  return exposure.arrivals.some((one) =>
    other.slots.some(
      (slot) =>
        slot !== undefined &&
        slot.run.firstSeconds <= one.frame.arrivalSeconds &&
        one.run.firstSeconds <= slot.seconds,
    ),
  );
}

/** Whether nothing came but frames that began runs while the runs before continued: rather they were out of order. */
function isOutOfOrder({ arrivals, frameNumber }: Exposure): boolean {
  return arrivals.every(({ run }) => run.first === frameNumber && run.interrupts);
}
