import type { ModuleFrame } from "../stream/index.js";
import type { EventCounters } from "./counters.js";
import { type Arrival, Exposure, LinkedRuns } from "./exposure.js";
import { NumberDifference } from "./number-difference.js";
import { Port } from "./port.js";
import { release } from "./release.js";
import type { Run, Sighting } from "./run.js";
import { Timing, ticksApart } from "./timing.js";

export interface PairingOptions {
  /** Ports of the detector: 2, or 4 with two interfaces. */
  readonly portCount: number;
  /** Exposures that may wait for frames at a time. */
  readonly windowSize: number;
  /** Whether exposures are given out of which a port's frame did not come. */
  readonly partial: boolean;
}

/**
 * A gap that is longer says nothing about lost frames: a detector at its fastest, 2.4 kHz, takes seven minutes for as many.
 * Rather a header was damaged, whose number may be anything up to 2^64.
 */
const MAX_MISSED = 1_000_000n;
/** A frame that equals the one before and follows it within this came twice. No detector begins again as fast. */
const TWICE_SECONDS = 0.005;
/** How long an exposure waits for its frames; longer at low rates, where lost packets are noticed with the next frame. */
const WAIT_SECONDS = { least: 1, most: 5, intervals: 2.5 };
/** Before a number was seen to come back: how far apart two frames may be that begin their runs. */
const BEGINNING_SECONDS = 0.01;
/** Whatever the rate, arrival times are no better than this. */
const JITTER_SECONDS = 0.004;
/** What came nearly as near is as likely. */
const AMBIGUOUS_SECONDS = 0.001;
/** When nothing was paired for so long, what used to be usual is forgotten. */
const FORGET_SECONDS = 1;
/** And each port must have brought so many frames. */
const FORGET_FRAMES = 3;
/** For how long a run must have been steady for each of its numbers to be the only one of its kind. */
const UNIQUE_SECONDS = 1;
/** Of the time that it took to come to a number, how much later its other half may come: the next run may be faster. */
const LATE_SHARE = 1 / 8;
/** The same of what lost packets, which is always late. */
const INCOMPLETE_SHARE = 1 / 2;
/** So many numbers make a run whose beginning says something. */
const LONG_RUN = 8;
/** After a silence of its port, a frame may be the first of a backlog. The next would come within this. */
const DOUBT_SECONDS = 0.01;
/** Clocks that are further apart than this were not started together. */
const SAME_CLOCK_SECONDS = 2;

/**
 * Puts the frames of the ports together to exposures. Pure: no socket, no clock.
 *
 * Frame numbers begin again, at 1 or anywhere, so that a number alone says little. Frames of two ports are of one exposure
 * if they have one number *and came at the same time*. That also links the runs that they are in: within linked runs the
 * number decides, so that frames which come late find their halves, as long as the numbers cannot have begun again
 * unseen. Where ticks contradict, frames are never paired. docs/decisions/2-exposures.md has the reasons.
 */
export class Pairing {
  readonly #options: PairingOptions;
  readonly #counters: EventCounters;
  readonly #ports: readonly Port[];
  readonly #timing: Timing;
  readonly #difference: NumberDifference;
  /** In the order of their first frames. */
  readonly #waiting = new Set<Exposure>();
  /** Exposures that were given out without some frame, lately. */
  readonly #partial: Exposure[] = [];
  /** Frames that may be the first of a backlog, which will show. */
  readonly #doubtful = new Set<Arrival>();
  #firstSeconds: number | undefined;
  #frames = 0;
  #nowSeconds = 0;
  /** When the first frame came of the newest exposure that was given out. */
  #deliveredSeconds = Number.NEGATIVE_INFINITY;

  /** @param counters  kept up to date */
  constructor(options: PairingOptions, counters: EventCounters) {
    this.#options = options;
    this.#counters = counters;
    this.#ports = Array.from({ length: options.portCount }, () => new Port());
    this.#timing = new Timing(options.portCount);
    this.#difference = new NumberDifference(options.portCount);
  }

  /** Module frames that wait for others of their exposures. */
  get waiting(): number {
    let frames = 0;
    for (const { arrivals } of this.#waiting) frames += arrivals.length;
    return frames;
  }

  /** What two ports number differently, while nothing is paired for it. */
  get difference(): NumberDifference["found"] {
    return this.#difference.found;
  }

  /**
   * Take one frame in; two streams must not bring the same port.
   *
   * @param isQueued  whether it had waited to be read, so that its arrival time says nothing
   * @returns exposures that are whole, or as whole as they will be, in their order
   */
  accept(frame: ModuleFrame, isQueued = false): Exposure[] {
    const finished: Exposure[] = [];
    const { arrivalSeconds } = frame;
    this.#firstSeconds ??= arrivalSeconds;
    this.#nowSeconds = arrivalSeconds;
    this.#frames += 1;
    this.expire(arrivalSeconds, finished);
    if (this.#isInVain && arrivalSeconds - this.#timing.pairSeconds > FORGET_SECONDS) this.#timing.forget();
    const arrival = this.#arrive(frame, isQueued, finished);
    if (arrival !== undefined) this.#place(arrival, finished);
    const [oldest] = this.#waiting;
    if (oldest !== undefined && this.#waiting.size > this.#options.windowSize) {
      this.#outwait(oldest, arrivalSeconds, finished);
    }
    return finished;
  }

  /** Whether all ports bring frames, and none are paired. */
  get #isInVain(): boolean {
    return this.#ports.every(({ framesSincePair }) => framesSincePair >= FORGET_FRAMES);
  }

  /** Give up what has waited for too long. @param finished  gets what is given out all the same */
  expire(nowSeconds: number, finished: Exposure[] = []): Exposure[] {
    this.#nowSeconds = Math.max(nowSeconds, this.#nowSeconds);
    this.#lookAgain(this.#nowSeconds, finished);
    for (const exposure of this.#waiting) {
      if (nowSeconds - exposure.firstSeconds < waitSeconds(exposure)) break;
      this.#outwait(exposure, nowSeconds, finished);
    }
    return finished;
  }

  /** All ports were asked to send nothing: the next gap in their numbers is no loss. */
  paused(): void {
    for (const port of this.#ports) port.pause();
  }

  /** Count all that waits as unpaired. */
  giveUpAll(): void {
    for (const exposure of this.#waiting) this.#giveUp(exposure);
  }

  /** Find the run of a frame. @returns undefined if the frame came twice */
  #arrive(frame: ModuleFrame, isQueued: boolean, finished: Exposure[]): Arrival | undefined {
    const port = this.#ports[frame.portIndex] as Port;
    const afterSeconds = port.newestSeconds;
    port.note(frame, this.#frames);
    const { frameNumber, arrivalSeconds: seconds, timestampTicks: ticks } = frame;
    const { run } = port;
    const newest = run?.sighting(run.newest);
    const isAlike = newest?.ticks === ticks && newest.isComplete === frame.complete;
    const isSoon = run?.newest === frameNumber && isAlike && seconds - newest.seconds <= TWICE_SECONDS;
    if (isSoon || (run !== undefined && this.#hasSameTicks(frame, run)))
      return this.#discard(frame, "duplicate");
    const { isTimely } = port;
    const isPrompt = isTimely && !isQueued && !port.isBurst(this.#ports.filter((other) => other !== port));
    const grows = run !== undefined && frameNumber > run.newest;
    const current = grows
      ? this.#grown(port, run, frame, finished)
      : port.begin(frame, new LinkedRuns(), run?.resumable ?? run);
    const tickEpoch = this.#timing.noteTicks(frame, !grows);
    const sighting = { seconds, ticks, isPrompt, isComplete: frame.complete };
    noteReturn(current, port.runBefore?.sighting(frameNumber), sighting);
    current.note(frameNumber, sighting);
    const arrival = {
      frame,
      run: current,
      isTimely,
      isPrompt,
      gapSeconds: port.gapSeconds,
      afterSeconds,
      tickEpoch,
    };
    if (isPrompt) this.#difference.note(arrival, this.#timing.pairSeconds);
    return arrival;
  }

  /** Whether the frame has come before, by its ticks, where those never come back. */
  #hasSameTicks({ frameNumber, portIndex, timestampTicks: ticks }: ModuleFrame, run: Run): boolean {
    if (ticks === 0n || !this.#timing.outlivesRuns(portIndex)) return false;
    return [run, run.resumable].some((one) => one?.sighting(frameNumber)?.ticks === ticks);
  }

  /** The run that a higher number is of: the newest, or the one before if a single frame was out of order. */
  #grown(port: Port, run: Run, { frameNumber, arrivalSeconds }: ModuleFrame, finished: Exposure[]): Run {
    const { resumable } = run;
    run.resumable = undefined;
    const isSingle = run.first === run.newest && run.linked.size === 1;
    if (
      isSingle &&
      resumable !== undefined &&
      frameNumber > resumable.newest &&
      resumable.isOnPace(frameNumber, arrivalSeconds)
    ) {
      port.resume(resumable);
      this.#countMissed(port, resumable, frameNumber);
      this.#refile(run, resumable, finished);
      return resumable;
    }
    this.#countMissed(port, run, frameNumber);
    return run;
  }

  #countMissed(port: Port, run: Run, frameNumber: bigint): void {
    const missed = frameNumber - run.newest - 1n;
    if (missed > MAX_MISSED || missed === 0n) return;
    const isUnasked = port.noteGap(run.newest + 1n, frameNumber - 1n);
    this.#counters[isUnasked ? "unasked" : "missed"] += Number(missed);
  }

  /** What seemed to begin a run was a frame of the run before, out of order or for the second time. */
  #refile(from: Run, to: Run, finished: Exposure[]): void {
    for (const exposure of from.linked.waiting.values()) {
      this.#remove(exposure);
      for (const arrival of exposure.arrivals) {
        const { frame } = arrival;
        const { frameNumber, arrivalSeconds: seconds, timestampTicks: ticks } = frame;
        if (to.sighting(frameNumber) !== undefined) {
          this.#discard(frame, "duplicate");
          continue;
        }
        to.note(frameNumber, { seconds, ticks, isPrompt: false, isComplete: frame.complete });
        if (this.#counters.missed > 0) this.#counters.missed -= 1;
        this.#place({ ...arrival, run: to }, finished);
      }
    }
  }

  #place(arrived: Arrival, finished: Exposure[]): void {
    const arrival = this.#linked(arrived, finished);
    const { frame, run } = arrival;
    const { linked } = run;
    const waiting = linked.waiting.get(frame.frameNumber);
    if (waiting === undefined) {
      if (frame.frameNumber <= linked.settled) return this.#discard(frame, "late");
      return this.#put(arrival, this.#newExposure(arrival), finished);
    }
    if (waiting.slots[frame.portIndex] === undefined && this.#isSame(waiting, arrival)) {
      return this.#put(arrival, waiting, finished);
    }
    // The numbers seem to have begun again unseen. What came late does not say when.
    if (!arrival.isPrompt) return this.#discard(frame, "unpaired");
    run.unlink();
    this.#put(arrival, this.#newExposure(arrival), finished);
  }

  #put(arrival: Arrival, exposure: Exposure, finished: Exposure[]): void {
    exposure.put(arrival);
    const nowSeconds = arrival.frame.arrivalSeconds;
    const missing = this.#ports.filter((_, port) => exposure.slots[port] === undefined);
    // Where the numbers do not go on although they were steady, the next frame says whether this one was out of order.
    const { resumable } = arrival.run;
    const isOdd = resumable?.isGoingOn(nowSeconds) === true;
    if (missing.length === 0) this.#complete(exposure, finished);
    else if (!isOdd && missing.every((port) => this.#isAbsent(port, nowSeconds))) {
      this.#closeOlder(exposure, finished);
      this.#close(exposure, finished);
    }
  }

  #isAbsent(port: Port, nowSeconds: number): boolean {
    return port.isAbsent(nowSeconds, this.#frames, this.#ports.length - 1, this.#firstSeconds ?? nowSeconds);
  }

  #newExposure(arrival: Arrival): Exposure {
    const { linked } = arrival.run;
    const exposure = new Exposure(linked, arrival, this.#ports.length);
    linked.waiting.set(exposure.frameNumber, exposure);
    this.#waiting.add(exposure);
    return exposure;
  }

  /** Link the frame's run with those of frames that came with it. @returns the frame, in another run if need be */
  #linked(arrival: Arrival, finished: Exposure[]): Arrival {
    const other = this.#coincident(arrival) ?? this.#onlyOne(arrival);
    const { run } = arrival;
    if (other === undefined || other.linked === run.linked) return arrival;
    const to = other.linked;
    const from = run.linked;
    if (from.size > 1 && from.runs.some((one, port) => one !== undefined && to.runs[port] !== undefined)) {
      return this.#beginUnseen(arrival, to);
    }
    for (const [port, one] of from.runs.entries()) {
      if (one === undefined) continue;
      one.linked = to;
      one.resumable = undefined;
      to.runs[port] = one;
    }
    for (const run of to.runs) if (run !== undefined) run.resumable = undefined;
    to.settled = to.settled > from.settled ? to.settled : from.settled;
    const moved = [...from.waiting.values()].sort((a, b) => Number(a.frameNumber - b.frameNumber));
    for (const exposure of moved) this.#move(exposure, to, finished);
    return arrival;
  }

  #move(exposure: Exposure, to: LinkedRuns, finished: Exposure[]): void {
    const there = to.waiting.get(exposure.frameNumber);
    exposure.linked.waiting.delete(exposure.frameNumber);
    if (there === undefined) {
      exposure.linked = to;
      to.waiting.set(exposure.frameNumber, exposure);
      return;
    }
    const isFree = exposure.arrivals.every(({ frame }) => there.slots[frame.portIndex] === undefined);
    if (isFree && exposure.arrivals.every((arrival) => this.#isSame(there, arrival))) {
      this.#waiting.delete(exposure);
      for (const arrival of exposure.arrivals) this.#put(arrival, there, finished);
    } else {
      this.#giveUp(exposure);
    }
  }

  /** The port's numbers have begun again, although they went on growing: a frame begins another run. */
  #beginUnseen(arrival: Arrival, linked: LinkedRuns): Arrival {
    const { frame } = arrival;
    arrival.run.forget(frame.frameNumber);
    const run = (this.#ports[frame.portIndex] as Port).begin(frame, linked);
    run.note(frame.frameNumber, {
      seconds: frame.arrivalSeconds,
      ticks: frame.timestampTicks,
      isPrompt: arrival.isPrompt,
      isComplete: frame.complete,
    });
    return { ...arrival, run };
  }

  /** What came when this frame came, under the same number; undefined if nothing did, or more than one thing. */
  #coincident(arrival: Arrival): Exposure | undefined {
    if (!arrival.isPrompt) return undefined;
    let nearest: Exposure | undefined;
    let least = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const exposure of this.#candidates(arrival)) {
      for (const other of exposure.arrivals) {
        if (!areAlike(other, arrival) || this.#difference.isLikely(other, arrival)) continue;
        const apart = Math.abs(this.#timing.excess(other, arrival));
        if (apart > this.#linkTolerance(other.run, arrival.run) || this.#isDoubtful(other, arrival)) continue;
        if (apart < least) {
          if (nearest !== exposure) next = least;
          least = apart;
          nearest = exposure;
        } else if (nearest !== exposure) next = Math.min(next, apart);
      }
    }
    return next < 2 * least + AMBIGUOUS_SECONDS ? undefined : nearest;
  }

  /**
   * Whether one of two frames may be from a backlog, and of an earlier exposure: its port has been silent for longer. If
   * so, more will follow at once.
   */
  #isDoubtful(one: Arrival, other: Arrival): boolean {
    if (this.#isFollowedAtOnce(one, other) || this.#isFollowedAtOnce(other, one)) return true;
    const [longer, shorter] = one.gapSeconds > other.gapSeconds ? [one, other] : [other, one];
    if (longer.gapSeconds <= 1.5 * shorter.gapSeconds + BEGINNING_SECONDS) return false;
    if (this.#nowSeconds - longer.frame.arrivalSeconds > DOUBT_SECONDS) return false;
    this.#doubtful.add(longer);
    return true;
  }

  /** Whether another frame of the port came sooner after this one than frames of another port follow each other. */
  #isFollowedAtOnce({ frame, gapSeconds: own }: Arrival, { gapSeconds } = { gapSeconds: own }): boolean {
    const within = Math.min(DOUBT_SECONDS, gapSeconds / 2);
    return this.#ports[frame.portIndex]?.isFollowedWithin(frame.arrivalSeconds, within) === true;
  }

  /** Link what could not be linked before it was known that nothing followed at once. */
  #lookAgain(nowSeconds: number, finished: Exposure[]): void {
    for (const arrival of this.#doubtful) {
      if (nowSeconds - arrival.frame.arrivalSeconds <= DOUBT_SECONDS) break;
      this.#doubtful.delete(arrival);
      const { portIndex, frameNumber } = arrival.frame;
      const isWaiting = arrival.run.linked.waiting.get(frameNumber)?.slots[portIndex] === arrival;
      if (isWaiting) this.#linked(arrival, finished);
    }
  }

  /** Exposures that wait for this port's frame of this number, and whose ticks do not contradict. */
  *#candidates(arrival: Arrival): Generator<Exposure> {
    const { frameNumber, portIndex } = arrival.frame;
    for (const exposure of this.#waiting) {
      if (exposure.frameNumber !== frameNumber || exposure.slots[portIndex] !== undefined) continue;
      if (exposure.arrivals.every((other) => this.#timing.ticksSay(other, arrival) !== "other"))
        yield exposure;
    }
  }

  /**
   * Where the runs are not linked: what the frame must belong to however late it is, because the other port's numbers have
   * grown steadily for so long that each came once; or because the ticks say so.
   */
  #onlyOne(arrival: Arrival): Exposure | undefined {
    if (arrival.run.linked.size > 1) return undefined;
    const { frameNumber, arrivalSeconds } = arrival.frame;
    for (const exposure of this.#candidates(arrival)) {
      for (const other of exposure.arrivals) {
        if (this.#timing.ticksSay(other, arrival) === "same") return exposure;
        if (this.#ports[other.run.portIndex]?.run !== other.run || this.#difference.isLikely(other, arrival))
          continue;
        const isSteady =
          other.run.steadySeconds(arrivalSeconds) >= UNIQUE_SECONDS &&
          other.run.isSteadySince(frameNumber, arrivalSeconds);
        if (isSteady || this.#isReachedLongAgo(other, arrival)) return exposure;
      }
    }
    return undefined;
  }

  /** Whether both ports took so much longer to come to the number than lies between them that it cannot have come back. */
  #isReachedLongAgo(one: Arrival, other: Arrival): boolean {
    if (Math.min(one.run.length, other.run.length) < LONG_RUN || !one.isTimely || !other.isTimely)
      return false;
    // Clocks that run together, but do not say the same, rather say that the numbers differ.
    const ticks = Math.abs(ticksApart(one, other));
    const interval = Math.max(one.run.interval ?? 0, other.run.interval ?? 0);
    if (ticks > interval / 2 && ticks < SAME_CLOCK_SECONDS) return false;
    const apart = other.frame.arrivalSeconds - one.frame.arrivalSeconds;
    return apart <= Math.min(reachedSeconds(one), reachedSeconds(other)) * LATE_SHARE;
  }

  /** How far apart two frames may come, beyond what is usual, that shall link their runs. */
  #linkTolerance(one: Run, other: Run): number {
    const intervals = [one.interval, other.interval].filter((interval) => interval !== undefined);
    const byRate = Math.max(Math.min(...intervals) / 2, JITTER_SECONDS);
    return Math.min(this.#timing.tolerance, byRate, this.#byReturn(one, other));
  }

  /** Half of the shortest time after which a number may come back, as far as that is known. */
  #byReturn(one: Run, other: Run): number {
    const age = Math.min(one.ageSeconds, other.ageSeconds);
    const returnSeconds = this.#returnSeconds;
    if (returnSeconds < Number.POSITIVE_INFINITY) return Math.max(returnSeconds / 2, age / 16);
    return Math.max(age / 2, BEGINNING_SECONDS);
  }

  get #returnSeconds(): number {
    return Math.min(...this.#ports.map(({ returnSeconds }) => returnSeconds));
  }

  /** Whether a frame is of an exposure of its linked runs: of the number that it has, and not of one that came back. */
  #isSame(exposure: Exposure, arrival: Arrival): boolean {
    const said = exposure.arrivals.map((other) => this.#timing.ticksSay(other, arrival));
    if (said.includes("other")) return false;
    return said.includes("same") || exposure.arrivals.some((other) => this.#fits(other, arrival));
  }

  #fits(one: Arrival, other: Arrival): boolean {
    const isFirst = one.frame.arrivalSeconds <= other.frame.arrivalSeconds;
    const [first, second] = isFirst ? [one, other] : [other, one];
    const apart = second.frame.arrivalSeconds - first.frame.arrivalSeconds;
    const near = Math.min(apart, Math.abs(this.#timing.excess(first, second)));
    const tolerance = Math.min(this.#timing.tolerance, this.#returnSeconds / 2);
    if (near <= tolerance) {
      if (areAlike(first, second)) return true;
      // What lost packets comes with the next frame: if that has the same number, it is the first of its run.
      const isFirst = [first, second].some(({ frame, run }) => run.first === frame.frameNumber);
      const interval = first.run.interval ?? second.run.interval ?? JITTER_SECONDS;
      if (!isFirst && near <= interval / 2) return true;
    }
    return this.#cannotHaveComeBack(first, second, apart);
  }

  /** Whether the number can have come only once since the first of two frames with it. */
  #cannotHaveComeBack(first: Arrival, second: Arrival, apart: number): boolean {
    const { frameNumber } = first.frame;
    const port = this.#ports[first.frame.portIndex] as Port;
    const { run } = port;
    if (run !== first.run && run?.resumable !== first.run) {
      // The first one's port has begun again, and has not come as far.
      return port.runBefore === first.run && run !== undefined && frameNumber > run.newest + 2n;
    }
    if (first.run.isSteadySince(frameNumber, second.frame.arrivalSeconds)) return true;
    if (second.isPrompt && second.run.isSteadyFrom(second.run.linked.paired, frameNumber)) return true;
    // Where times say little, or little time has passed, there is nothing to go by.
    if (!first.isTimely || (!first.isPrompt && first.run.length < LONG_RUN)) return false;
    // A number takes as long to come back as it took to come, if the rate stays what it is.
    const share = second.isTimely ? LATE_SHARE : INCOMPLETE_SHARE;
    return apart <= Math.min(this.#returnSeconds, reachedSeconds(first)) * share;
  }

  #complete(exposure: Exposure, finished: Exposure[]): void {
    this.#closeOlder(exposure, finished);
    this.#remove(exposure);
    this.#timing.notePair(exposure.arrivals);
    for (const port of this.#ports) port.framesSincePair = 0;
    this.#difference.forget();
    const { linked, frameNumber } = exposure;
    if (frameNumber > linked.paired) linked.paired = frameNumber;
    this.#counters.paired += 1;
    this.#finish(exposure, finished);
  }

  /** Ports bring their frames in order: what is older than an exposure that they all have brought will not become whole. */
  #closeOlder(than: Exposure, finished: Exposure[]): void {
    const before = than.firstSeconds - this.#timing.tolerance;
    for (const exposure of this.#waiting) {
      const isOlder =
        exposure.linked === than.linked
          ? exposure.frameNumber < than.frameNumber
          : exposure.firstSeconds < before;
      if (isOlder) this.#close(exposure, finished);
    }
  }

  /** An exposure has waited for too long. */
  #outwait(exposure: Exposure, nowSeconds: number, finished: Exposure[]): void {
    const { linked, slots, frameNumber, firstSeconds } = exposure;
    const isLost = this.#ports.every((port, index) => {
      if (slots[index] !== undefined || port.isSilentSince(firstSeconds)) return true;
      const run = linked.runs[index];
      return (run !== undefined && run.newest > frameNumber) || this.#isAbsent(port, nowSeconds);
    });
    if (isLost) this.#close(exposure, finished);
    else this.#giveUp(exposure);
  }

  /** Nothing more will come of an exposure: give out what there is of it, if it is newer than what was given out. */
  #close(exposure: Exposure, finished: Exposure[]): void {
    if (!this.#options.partial || this.#isOld(exposure) || this.#isCutOff(exposure))
      return this.#giveUp(exposure);
    if (!this.#isKnownToLack(exposure) || this.#hasCounterpart(exposure)) return this.#giveUp(exposure);
    this.#remove(exposure);
    this.#counters.partial += 1;
    this.#counters.partialFrames += exposure.arrivals.length;
    this.#partial.push(exposure);
    if (this.#partial.length > this.#options.windowSize) this.#partial.shift();
    this.#finish(exposure, finished);
  }

  /** Whether an exposure is older than one that was given out, or may be. */
  #isOld({ frameNumber, firstSeconds, linked, arrivals, slots }: Exposure): boolean {
    if (frameNumber <= linked.settled || firstSeconds < this.#deliveredSeconds) return true;
    const isPrompt = arrivals.every((arrival) => arrival.isPrompt && !this.#isFollowedAtOnce(arrival));
    return this.#ports.some(({ delivered }, port) => {
      const run = linked.runs[port];
      if (run !== undefined && (isPrompt || run.first <= frameNumber)) return run.order < delivered.order;
      // When it was exposed is not known: perhaps before what this port has brought since the frame before.
      return (
        !isPrompt &&
        slots[port] === undefined &&
        arrivals.some((one) => one.afterSeconds <= delivered.seconds)
      );
    });
  }

  /** Whether other frames of what may be the same exposure were given out, or are older and will be. */
  #hasCounterpart({ frameNumber, firstSeconds, slots, linked }: Exposure): boolean {
    const mayBeSame = (other: Exposure) =>
      other.frameNumber === frameNumber &&
      other.linked !== linked &&
      Math.abs(other.firstSeconds - firstSeconds) < WAIT_SECONDS.least &&
      other.slots.every((slot, port) => slot === undefined || slots[port] === undefined);
    if (this.#partial.some(mayBeSame)) return true;
    for (const other of this.#waiting) if (other.firstSeconds < firstSeconds && mayBeSame(other)) return true;
    return false;
  }

  /**
   * Whether the ports whose frames did not come did not bring them under another number, or at another time: half an
   * exposure of which the other half is there is of no use.
   */
  #isKnownToLack(exposure: Exposure): boolean {
    if (this.#isRepeated(exposure)) return false;
    const { linked, slots, firstSeconds, arrivals } = exposure;
    return this.#ports.every((port, index) => {
      if (slots[index] !== undefined || linked.runs[index] !== undefined) return true;
      if (this.#isAbsent(port, firstSeconds)) return true;
      const isPrompt = arrivals.every((arrival) => arrival.isPrompt);
      return isPrompt && !this.#isInVain && port.isSilentAround(firstSeconds, this.#timing.tolerance);
    });
  }

  /** Whether all that came is a frame that may have come twice, while other ports are there to say so. */
  #isRepeated({ arrivals, frameNumber }: Exposure): boolean {
    const [only] = arrivals;
    if (only === undefined || arrivals.length > 1) return false;
    const { run, frame } = only;
    if (run.first !== frameNumber || !run.isRepetition) return false;
    return this.#ports.some(
      (port, index) => index !== frame.portIndex && !this.#isAbsent(port, frame.arrivalSeconds),
    );
  }

  #finish(exposure: Exposure, finished: Exposure[]): void {
    this.#settle(exposure);
    for (const { frame, run } of exposure.arrivals) {
      const port = this.#ports[frame.portIndex] as Port;
      port.delivered = { order: Math.max(run.order, port.delivered.order), seconds: frame.arrivalSeconds };
    }
    this.#deliveredSeconds = Math.max(this.#deliveredSeconds, exposure.firstSeconds);
    finished.push(exposure);
  }

  #giveUp(exposure: Exposure): void {
    this.#remove(exposure);
    this.#settle(exposure);
    const reason = this.#isCutOff(exposure) ? "cutOff" : "unpaired";
    for (const { frame } of exposure.arrivals) this.#discard(frame, reason);
  }

  /** Whether a frame of the exposure did not come because its port was asked to send nothing. */
  #isCutOff({ slots, frameNumber }: Exposure): boolean {
    return this.#ports.some((port, index) => slots[index] === undefined && port.isUnasked(frameNumber));
  }

  #settle({ linked, frameNumber }: Exposure): void {
    if (frameNumber > linked.settled) linked.settled = frameNumber;
  }

  #remove(exposure: Exposure): void {
    this.#waiting.delete(exposure);
    exposure.linked.waiting.delete(exposure.frameNumber);
  }

  #discard(frame: ModuleFrame, reason: "unpaired" | "cutOff" | "late" | "duplicate"): undefined {
    this.#counters[reason] += 1;
    release([frame]);
  }
}

/** How long a port took to come to a number. */
function reachedSeconds({ frame, run }: Arrival): number {
  const numbers = Number(frame.frameNumber - run.first);
  // It may have come late.
  return Math.min(
    frame.arrivalSeconds - run.firstSeconds,
    numbers * (run.interval ?? Number.POSITIVE_INFINITY),
  );
}

/** Whether two frames came as soon after their exposure: what lost packets comes later, if it does so as a rule too. */
function areAlike(one: Arrival, other: Arrival): boolean {
  return one.isPrompt && other.isPrompt && one.frame.complete === other.frame.complete;
}

/** A number that the port has brought in the run before, too, says how soon numbers come back. */
function noteReturn(run: Run, before: Sighting | undefined, now: Sighting): void {
  // What comes from a backlog comes back too soon.
  if (!before?.isPrompt || !now.isPrompt) return;
  run.returnSeconds = Math.min(run.returnSeconds, now.seconds - before.seconds);
}

function waitSeconds({ arrivals }: Exposure): number {
  const { least, most, intervals } = WAIT_SECONDS;
  const longest = Math.max(...arrivals.map(({ run }) => intervals * (run.interval ?? 0)));
  return Math.min(Math.max(longest, least), most);
}
