import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import type { Arrival, Exposure, LinkedRuns, Run } from "./exposure.js";
import { Linking } from "./linking.js";
import { type FoundDifference, NumberDifference } from "./number-difference.js";
import { type OutcomeOptions, Outcomes } from "./outcomes.js";
import { Ports } from "./ports.js";
import { RunFinder } from "./run-finder.js";
import { SameExposure } from "./same-exposure.js";
import { Timing } from "./timing.js";
import { WaitingExposures } from "./waiting-exposures.js";

export interface PairingOptions extends Pick<OutcomeOptions, "partial"> {
  /** Ports of the detector: one per module, or two with two interfaces. */
  readonly portCount: number;
  /** Number of exposures that may wait for frames. */
  readonly windowSize: number;
  /** Step of the frame numbers; 1 by default. */
  readonly frameNumberStep?: number;
}

/** If nothing was paired for this long although all ports send frames, the usual times are forgotten. */
const FORGET_SECONDS = 1;

/**
 * Combines the frames of the ports into exposures. Pure: no socket, no clock.
 *
 * Frame numbers restart, at 1 or elsewhere, so a number alone says little. Frames of two ports belong to one exposure
 * if they have the same number *and arrived at the same time*. That also links the runs that contain them: within
 * linked runs the number decides, so that late frames find their other halves, as long as the numbers cannot have
 * restarted unseen. Frames with contradicting ticks are never paired. docs/decisions/2-exposures.md has the reasons.
 */
export class Pairing {
  readonly #windowSize: number;
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #difference: NumberDifference;
  readonly #waiting = new WaitingExposures();
  readonly #runs: RunFinder;
  readonly #linking: Linking;
  readonly #same: SameExposure;
  readonly #outcomes: Outcomes;
  #nowSeconds = 0;

  /** @param counters  kept up to date */
  constructor(options: PairingOptions, counters: EventCounters) {
    this.#windowSize = options.windowSize;
    this.#ports = new Ports(options.portCount);
    this.#timing = new Timing(this.#ports);
    this.#difference = new NumberDifference(options.portCount);
    this.#runs = new RunFinder(this.#ports, this.#timing, counters, options.frameNumberStep);
    this.#linking = new Linking(this.#ports, this.#timing, this.#waiting, this.#difference);
    this.#same = new SameExposure(this.#ports, this.#timing);
    this.#outcomes = new Outcomes(
      { partial: options.partial, rememberedExposures: options.windowSize },
      counters,
      this.#ports,
      this.#timing,
      this.#waiting,
      this.#difference,
    );
  }

  /** Module frames that wait for the others of their exposures. */
  get waiting(): number {
    return this.#waiting.frames;
  }

  /** Two ports that number the same exposures differently, while this prevents pairing. */
  get difference(): FoundDifference | undefined {
    return this.#difference.found;
  }

  /**
   * Add a frame. Two streams must not send the same port.
   *
   * @param isQueued  whether it had waited to be read, so that its arrival time is meaningless
   * @returns exposures that are complete, or will not become more complete, in order
   */
  accept(frame: ModuleFrame, isQueued = false): Exposure[] {
    const { arrivalSeconds } = frame;
    this.#nowSeconds = arrivalSeconds;
    this.#ports.count(arrivalSeconds);
    // Frames of other ports may have arrived meanwhile, but not been read.
    if (!isQueued) this.#giveUpOverdue(arrivalSeconds);
    if (this.#ports.areInVain && arrivalSeconds - this.#timing.pairSeconds > FORGET_SECONDS) {
      this.#timing.forget();
    }
    this.#take(frame, isQueued);
    const [oldest] = this.#waiting;
    if (oldest !== undefined && this.#waiting.size > this.#windowSize) {
      this.#outcomes.outwait(oldest, arrivalSeconds);
    }
    return this.#outcomes.take();
  }

  /** Give up waiting for frames that are overdue. @returns exposures that will not become more complete, in order */
  expire(nowSeconds: number): Exposure[] {
    this.#nowSeconds = Math.max(nowSeconds, this.#nowSeconds);
    this.#giveUpOverdue(nowSeconds);
    return this.#outcomes.take();
  }

  /** The monitor has unsubscribed from all ports: the next gap in their numbers is not a loss. */
  paused(): void {
    this.#ports.pause();
  }

  /** Count all waiting frames as unpaired. */
  giveUpAll(): void {
    for (const exposure of this.#waiting) this.#outcomes.giveUp(exposure);
  }

  #giveUpOverdue(nowSeconds: number): void {
    for (const arrival of this.#linking.undoubted(this.#nowSeconds)) {
      const { portIndex, frameNumber } = arrival.frame;
      const exposure = arrival.run.linked.waiting.get(frameNumber);
      if (exposure?.slots[portIndex] !== arrival) continue;
      const linked = this.#link(arrival);
      if (linked === arrival) continue;
      exposure.slots[portIndex] = undefined;
      if (exposure.arrivals.length === 0) this.#waiting.remove(exposure);
      this.#place(linked);
    }
    for (const exposure of this.#waiting.overdue(nowSeconds)) this.#outcomes.outwait(exposure, nowSeconds);
  }

  #take(frame: ModuleFrame, isQueued: boolean): void {
    const port = this.#ports.note(frame);
    if (this.#runs.isRepeated(port, frame, isQueued)) {
      this.#outcomes.discard(frame, "duplicate");
      return;
    }
    const outOfOrder = this.#runs.resume(port, frame);
    if (outOfOrder !== undefined && port.run !== undefined) this.#takeBack(outOfOrder, port.run);
    const arrival = this.#runs.find(port, frame, isQueued);
    if (arrival.isPrompt) this.#difference.note(arrival, this.#timing.pairSeconds);
    if (arrival.run.linked.size > 1 && this.#difference.isCertain(arrival)) this.#unlink(arrival.run);
    this.#place(this.#link(arrival));
  }

  /** The frame that seemed to begin a run belongs to the previous run, out of order or for the second time. */
  #takeBack(from: Run, to: Run): void {
    for (const exposure of from.linked.waiting.values()) {
      this.#waiting.remove(exposure);
      for (const arrival of exposure.arrivals) {
        if (to.sighting(exposure.frameNumber) !== undefined) {
          this.#outcomes.discard(arrival.frame, "duplicate");
        } else {
          this.#place(this.#link(this.#runs.takeBack(arrival, to)));
        }
      }
    }
  }

  #place(arrival: Arrival): void {
    const { frame, run } = arrival;
    const { linked } = run;
    const waiting = linked.waiting.get(frame.frameNumber);
    if (waiting === undefined) {
      if (frame.frameNumber <= linked.settled) this.#outcomes.discard(frame, "late");
      else this.#put(arrival, this.#waiting.begin(arrival, this.#ports.size));
      return;
    }
    if (waiting.slots[frame.portIndex] === undefined && this.#same.includes(waiting, arrival)) {
      this.#put(arrival, waiting);
      return;
    }
    // The numbers seem to have restarted unseen. A late frame does not show when.
    if (!arrival.isPrompt) {
      this.#outcomes.discard(frame, "unpaired");
      if (waiting.slots[frame.portIndex] === undefined) this.#outcomes.giveUp(waiting);
      return;
    }
    run.unlink();
    this.#put(arrival, this.#waiting.begin(arrival, this.#ports.size));
  }

  #put(arrival: Arrival, exposure: Exposure): void {
    exposure.put(arrival);
    this.#judge(exposure);
  }

  /** Deliver an exposure if its last frame has arrived, not counting those of absent ports. */
  #judge(exposure: Exposure): void {
    const nowSeconds = this.#nowSeconds;
    const hasCome = (index: number) => exposure.slots[index] !== undefined;
    if (this.#ports.every((_, index) => hasCome(index))) {
      this.#outcomes.complete(exposure);
      return;
    }
    // If numbers were steady and do not continue, the next frame shows whether this one was out of order.
    const isOdd = exposure.arrivals.some(({ run }) => run.resumable?.isGoingOn(nowSeconds));
    const areAbsent = this.#ports.every(
      (port, index) => hasCome(index) || this.#ports.isAbsent(port, nowSeconds),
    );
    if (areAbsent && !isOdd) this.#outcomes.completeWithoutAbsent(exposure);
  }

  /** Link the frame's run with those of frames that arrived with it. @returns the frame, possibly in another run */
  #link(arrival: Arrival): Arrival {
    const other = this.#linking.find(arrival, this.#nowSeconds);
    const from = arrival.run.linked;
    if (other === undefined || other.linked === from) return arrival;
    const to = other.linked;
    if (from.size > 1 && from.conflictsWith(to)) {
      const begun = this.#runs.begin(arrival);
      to.join(begun.run.linked);
      return begun;
    }
    to.join(from);
    this.#merge(from, to);
    return arrival;
  }

  /** Undo a mistaken link of a run, and give up the exposures that wait there. */
  #unlink(run: Run): void {
    for (const exposure of run.linked.waiting.values()) this.#outcomes.giveUp(exposure);
    run.unlink();
    this.#timing.forget();
  }

  /** Move waiting exposures to the runs that theirs are now linked with, and find their other halves there. */
  #merge(from: LinkedRuns, to: LinkedRuns): void {
    const completed: Exposure[] = [];
    for (const exposure of from.waiting.values()) {
      const there = to.waiting.get(exposure.frameNumber);
      if (there === undefined) {
        this.#waiting.move(exposure, to);
      } else if (this.#isRestOf(there, exposure)) {
        this.#waiting.remove(exposure);
        for (const arrival of exposure.arrivals) there.put(arrival);
        completed.push(there);
      } else {
        // Half an exposure is not delivered if the other half, or what may be it, has arrived.
        this.#outcomes.giveUp(exposure);
        if (areApart(there, exposure)) this.#outcomes.giveUp(there);
      }
    }
    // Only now, when everything is in its place, because a complete exposure ends older ones.
    completed.sort((a, b) => Number(a.frameNumber - b.frameNumber));
    for (const exposure of completed) this.#judge(exposure);
  }

  #isRestOf(exposure: Exposure, other: Exposure): boolean {
    return (
      areApart(exposure, other) && other.arrivals.every((arrival) => this.#same.includes(exposure, arrival))
    );
  }
}

/** Whether no port has a frame in both. */
function areApart(exposure: Exposure, { arrivals }: Exposure): boolean {
  return arrivals.every(({ frame }) => exposure.slots[frame.portIndex] === undefined);
}
