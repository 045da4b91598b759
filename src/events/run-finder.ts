import { SECONDS_PER_TICK } from "../detector.js";
import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import type { Arrival, Run } from "./exposure.js";
import type { Port } from "./port.js";
import type { Ports } from "./ports.js";
import type { Timing } from "./timing.js";

/**
 * A longer gap does not mean lost frames: at its highest rate, 2.4 kHz, a detector takes seven minutes for as many. A
 * damaged header is more likely; its number may be anything up to 2^64.
 */
const MAX_MISSED = 1_000_000n;
/**
 * A frame that equals the previous one and follows it within this time arrived twice. No detector restarts as fast.
 */
const TWICE_SECONDS = 0.005;
/**
 * A number that comes back within this many intervals after the newest arrived twice: no detector restarts before the
 * next frame is due.
 */
const TWICE_INTERVALS = 0.75;
/**
 * If its ticks count from the start of an acquisition, a number that is not the first cannot come back in another
 * acquisition before so much time has passed; this share of it, because frames may be late.
 */
const TWICE_TICKS_SHARE = 0.75;

/** Finds a frame's run by its number. */
export class RunFinder {
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #counters: EventCounters;
  readonly #step: bigint;

  /**
   * @param counters  `missed` and `unasked` are kept up to date
   * @param step      of the frame numbers
   */
  constructor(ports: Ports, timing: Timing, counters: EventCounters, step = 1) {
    this.#step = BigInt(step);
    this.#ports = ports;
    this.#timing = timing;
    this.#counters = counters;
  }

  /** Whether a port has sent its newest frame before. */
  isRepeated(port: Port, frame: ModuleFrame, isQueued: boolean): boolean {
    const { run } = port;
    if (run === undefined) return false;
    const { frameNumber, portIndex, arrivalSeconds, timestampTicks: ticks, complete } = frame;
    const before = run.sighting(frameNumber);
    if (before?.ticks === ticks && before.isComplete === complete) {
      const elapsed = arrivalSeconds - run.newestSeconds;
      if (frameNumber === run.newest && elapsed <= TWICE_SECONDS) return true;
      const isPrompt = port.isTimely && !isQueued && !this.#ports.isBurst(port);
      if (isPrompt && elapsed <= TWICE_INTERVALS * (run.pace.reliableInterval ?? 0)) return true;
    }
    if (frameNumber === run.newest && before?.isComplete === complete) {
      if (isOfSameMoment(run, before.ticks, frame)) return true;
    }
    if (ticks === 0n || !this.#timing.outlivesRuns(portIndex)) return false;
    return [run, run.resumable].some((one) => one?.sighting(frameNumber)?.ticks === ticks);
  }

  #isPrompt(port: Port, isQueued: boolean): boolean {
    return port.isTimely && (!this.#ports.haveBegunAgain || (!isQueued && !this.#ports.isBurst(port)));
  }

  /**
   * Whether a port's newest run was a mistake, because the frame continues the previous run, which then is the port's
   * run again.
   *
   * @returns the mistaken run
   */
  resume(port: Port, { frameNumber, arrivalSeconds }: ModuleFrame): Run | undefined {
    const { run } = port;
    if (run === undefined || frameNumber <= run.newest) return undefined;
    const { resumable } = run;
    run.resumable = undefined;
    const isSingle = run.first === run.newest && run.linked.size === 1;
    if (!isSingle || resumable === undefined || frameNumber <= resumable.newest) return undefined;
    if (!resumable.pace.isKeptBy(frameNumber, arrivalSeconds)) return undefined;
    port.resume(resumable);
    return run;
  }

  /** Move a frame of a mistaken run to the run that continues. */
  takeBack(arrival: Arrival, run: Run): Arrival {
    run.note(arrival.frame, false);
    // Its number had been counted as missing.
    if (this.#counters.missed > 0) this.#counters.missed -= 1;
    return { ...arrival, run };
  }

  /** Find the run of a port's newest frame: a number that does not increase begins a new one. */
  find(port: Port, frame: ModuleFrame, isQueued: boolean): Arrival {
    const { isTimely, gapSeconds, afterSeconds } = port;
    const grown = port.run !== undefined && frame.frameNumber > port.run.newest ? port.run : undefined;
    if (grown !== undefined) this.#countMissed(port, grown, frame.frameNumber);
    const run = grown ?? port.begin(frame, port.run?.resumable ?? port.run);
    const isPrompt = this.#isPrompt(port, isQueued); // now that a restart is possible
    const tickEpoch = this.#timing.noteTicks(frame, grown === undefined);
    run.note(frame, isPrompt);
    run.noteReturn(frame.frameNumber, port.runBefore);
    return { frame, run, isQueued, isTimely, isPrompt, gapSeconds, afterSeconds, tickEpoch };
  }

  /** The numbers restarted although they kept increasing: a frame that was assigned to a run begins another one. */
  begin({ run, frame, isPrompt, ...rest }: Arrival): Arrival {
    run.forget(frame.frameNumber);
    const begun = this.#ports.of(frame).begin(frame);
    begun.note(frame, isPrompt);
    return { ...rest, frame, isPrompt, run: begun };
  }

  #countMissed(port: Port, run: Run, frameNumber: bigint): void {
    const missed = (frameNumber - run.newest - 1n) / this.#step;
    if (missed === 0n || missed > MAX_MISSED) return;
    const isUnasked = port.noteGap(run.newest + 1n, frameNumber - 1n);
    this.#counters[isUnasked ? "unasked" : "missed"] += Number(missed);
  }
}

/**
 * Whether a frame with a run's newest number is the same exposure by its ticks, however late it arrived.
 *
 * @param before  ticks of the frame that arrived first
 */
function isOfSameMoment(run: Run, before: bigint, frame: ModuleFrame): boolean {
  // A clock that stands still says nothing.
  if (before === 0n || run.tickInterval === undefined || frame.frameNumber === run.first) return false;
  const ticks = Number(frame.timestampTicks);
  return (
    Math.abs(ticks - Number(before)) * SECONDS_PER_TICK <= TWICE_SECONDS &&
    frame.arrivalSeconds - run.newestSeconds <= TWICE_TICKS_SHARE * ticks * SECONDS_PER_TICK
  );
}
