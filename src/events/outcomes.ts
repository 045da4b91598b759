import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import type { Exposure } from "./exposure.js";
import type { NumberDifference } from "./number-difference.js";
import { PartialExposures } from "./partial-exposures.js";
import type { Ports } from "./ports.js";
import { release } from "./release.js";
import type { Timing } from "./timing.js";
import type { WaitingExposures } from "./waiting-exposures.js";

export interface OutcomeOptions {
  /** This many delivered exposures are remembered, to recognise older ones, and their other halves. */
  readonly rememberedExposures: number;
  /** Whether exposures that lack a port's frame are delivered. */
  readonly partial: boolean;
}

/** Decides the outcome of an exposure: delivered complete, delivered in part, or discarded. */
export class Outcomes {
  readonly #options: OutcomeOptions;
  readonly #counters: EventCounters;
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  readonly #difference: NumberDifference;
  readonly #halves: PartialExposures;
  #finished: Exposure[] = [];

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
    this.#halves = new PartialExposures(options.rememberedExposures, ports, timing, waiting);
  }

  /** The exposures that were delivered since the last call, in order. */
  take(): Exposure[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  /** Every port's frame has arrived. */
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

  /** All frames have arrived except those of absent ports. */
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
    const reason = this.#ports.haveCutOff(exposure) ? "cutOff" : "unpaired";
    for (const { frame } of exposure.arrivals) this.discard(frame, reason);
  }

  /** Count a frame that belongs to no exposure, and free its memory. */
  discard(frame: ModuleFrame, reason: "unpaired" | "cutOff" | "late" | "duplicate"): void {
    this.#counters[reason] += 1;
    release([frame]);
  }

  /** Ports send their frames in order: an exposure that is older than a complete one will not become complete. */
  #closeOlder(than: Exposure): void {
    const { linked, frameNumber } = than;
    const before = than.firstSeconds - this.#timing.tolerance;
    const all = [...this.#waiting];
    const others = all.filter((one) => one.linked !== linked && one.firstSeconds < before);
    const own = all.filter((one) => one.linked === linked && one.frameNumber < frameNumber);
    own.sort((a, b) => Number(a.frameNumber - b.frameNumber));
    for (const exposure of [...others, ...own]) this.#close(exposure);
  }

  /**
   * No more frames of an exposure will arrive: deliver those that have, if the exposure is newer than those delivered
   * so far.
   */
  #close(exposure: Exposure): void {
    const isWanted = this.#options.partial && !this.#ports.haveCutOff(exposure);
    if (!isWanted || !this.#halves.mayBeGivenOut(exposure)) {
      this.giveUp(exposure);
      return;
    }
    this.#waiting.remove(exposure);
    this.#counters.partial += 1;
    this.#counters.partialFrames += exposure.arrivals.length;
    this.#giveOut(exposure);
  }

  #giveOut(exposure: Exposure): void {
    settle(exposure);
    this.#halves.noteGivenOut(exposure);
    this.#finished.push(exposure);
  }
}

function settle({ linked, frameNumber }: Exposure): void {
  if (frameNumber > linked.settled) linked.settled = frameNumber;
}
