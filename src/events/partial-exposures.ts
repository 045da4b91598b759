import type { Exposure, LinkedRuns, Run } from "./exposure.js";
import type { Ports } from "./ports.js";
import type { Timing } from "./timing.js";
import { LEAST_WAIT_SECONDS, type WaitingExposures } from "./waiting-exposures.js";

/** What is remembered of a delivered exposure. Its frames belong to the receiver of the event, and are not kept. */
interface GivenOut {
  readonly frameNumber: bigint;
  readonly firstSeconds: number;
  readonly linked: LinkedRuns;
  /** One slot per port: the run of its frame, and when the frame arrived. */
  readonly slots: readonly ({ readonly run: Run; readonly seconds: number } | undefined)[];
}

/**
 * Decides whether an exposure may be delivered without its missing frames: only in order, and only if these frames
 * did not arrive elsewhere.
 */
export class PartialExposures {
  readonly #rememberedExposures: number;
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  /** Recently delivered exposures, newest last. */
  readonly #lately: GivenOut[] = [];
  /** When the first frame of the newest delivered exposure arrived. */
  #newestSeconds = Number.NEGATIVE_INFINITY;

  /** @param rememberedExposures  how many delivered exposures are remembered */
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

  /** Record a delivered exposure, complete or not. */
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

  /** Whether an exposure is, or may be, older than a delivered one. */
  #isOld(exposure: Exposure): boolean {
    const { frameNumber, firstSeconds, linked, arrivals, slots } = exposure;
    if (frameNumber <= linked.settled || this.#lately.some((other) => isOvertaken(exposure, other)))
      return true;
    // A late frame makes the following ones seem older.
    const last = this.#lately.at(-1);
    const isNext = last?.linked === linked && frameNumber === last.frameNumber + 1n;
    if (firstSeconds < this.#newestSeconds && !isNext) return true;
    const isPrompt = arrivals.every((one) => one.isPrompt && !this.#ports.isFollowedAtOnce(one));
    return this.#ports.some(({ delivered }, port) => {
      const run = linked.runs[port];
      const isInOrder = isPrompt || linked.settled === frameNumber - 1n;
      if (run !== undefined && isInOrder) return run.order < delivered.order;
      // The time of its exposure is unknown: perhaps it was before what this port has sent since its previous frame.
      const isMissing = slots[port] === undefined;
      return !isPrompt && isMissing && arrivals.some((one) => one.afterSeconds <= delivered.seconds);
    });
  }

  /** Whether other frames of what may be the same exposure were delivered, or are older and will be. */
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
   * Whether the missing frames did not arrive with another number or at another time: half an exposure must not be
   * delivered if the other half exists.
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

  /**
   * Whether only a frame arrived that may be a repetition, while other ports are active and would show a new
   * exposure.
   */
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
 * Whether an exposure of other runs has a higher number, and these runs existed at the same time: they may have the
 * same numbering, and not be linked yet.
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

/** Whether all frames began runs while the previous runs continued: then they were rather out of order. */
function isOutOfOrder({ arrivals, frameNumber }: Exposure): boolean {
  return arrivals.every(({ run }) => run.first === frameNumber && run.interrupts);
}
