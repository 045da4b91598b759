import type { Arrival, Exposure, Run } from "./exposure.js";
import type { NumberDifference } from "./number-difference.js";
import { BACKLOG_SECONDS, type Ports } from "./ports.js";
import { BEGINNING_SECONDS, comeAlike, haveWaited, LATE_SHARE } from "./same-exposure.js";
import type { Timing } from "./timing.js";
import type { WaitingExposures } from "./waiting-exposures.js";

/** Arrival times are no better than this, whatever the rate. */
const JITTER_SECONDS = 0.004;
/** Of two exposures that came nearly as near, neither is the more likely. */
const AMBIGUOUS_SECONDS = 0.001;
/**
 * The first frames of all may come further apart, because a process that has just started is slow: so far, if nothing follows
 * for so many times as long. No exposure was so near then that either could be of it.
 */
const FIRST_FRAMES_SECONDS = 0.1;
const FIRST_FRAMES_SILENCES = 3;
/** In a run that has been steady for so long, each number is the only one of its kind. */
const UNIQUE_SECONDS = 1;

/** Finds the exposure that a frame is of while their runs are not linked: the one that came with it, or the only one. */
export class Linking {
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  readonly #difference: NumberDifference;
  /** Frames that may be the first of a backlog. The frames that follow will show it. */
  readonly #doubtful = new Set<Arrival>();

  constructor(ports: Ports, timing: Timing, waiting: WaitingExposures, difference: NumberDifference) {
    this.#ports = ports;
    this.#timing = timing;
    this.#waiting = waiting;
    this.#difference = difference;
  }

  /** The exposure that a frame belongs to, by frames of other ports; undefined if none fits, or several may. */
  find(arrival: Arrival, nowSeconds: number): Exposure | undefined {
    return this.#coincident(arrival, nowSeconds) ?? this.#onlyOne(arrival);
  }

  /** Frames to look at again: they could not be linked until it was known that nothing follows them at once. */
  *undoubted(nowSeconds: number): Generator<Arrival> {
    // A copy: what is doubtful still is put back meanwhile.
    for (const arrival of [...this.#doubtful]) {
      if (nowSeconds - arrival.frame.arrivalSeconds <= BACKLOG_SECONDS) continue;
      this.#doubtful.delete(arrival);
      yield arrival;
    }
  }

  /** What came when the frame came; undefined if nothing did, or more than one thing. */
  #coincident(arrival: Arrival, nowSeconds: number): Exposure | undefined {
    if (!arrival.isPrompt && !this.#mayLink(arrival)) return undefined;
    let nearest: Exposure | undefined;
    let least = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const exposure of this.#candidates(arrival)) {
      for (const other of exposure.arrivals) {
        const areAlike = comeAlike(other, arrival) || (this.#mayLink(other) && this.#mayLink(arrival));
        if (!areAlike || this.#difference.isLikely(other, arrival)) continue;
        const apart = Math.abs(this.#timing.excess(other, arrival));
        const isNear =
          apart <= this.#tolerance(other.run, arrival.run) || this.#areAlone(other, arrival, nowSeconds);
        if (!isNear || this.#isDoubtful(other, arrival, nowSeconds)) continue;
        if (apart < least) {
          if (nearest !== exposure) next = least;
          least = apart;
          nearest = exposure;
        } else if (nearest !== exposure) next = Math.min(next, apart);
      }
    }
    return next < 2 * least + AMBIGUOUS_SECONDS ? undefined : nearest;
  }

  /** Whether a frame that lost packets may link runs: with another such one, before numbers were seen to begin again. */
  #mayLink({ frame }: Arrival): boolean {
    return !frame.complete && !this.#ports.haveBegunAgain;
  }

  /** Exposures of the frame's number that lack it, and whose ticks do not contradict. */
  *#candidates(arrival: Arrival): Generator<Exposure> {
    for (const exposure of this.#waiting.thatLack(arrival)) {
      if (exposure.arrivals.every((other) => this.#timing.ticksSay(other, arrival) !== "other"))
        yield exposure;
    }
  }

  /**
   * Whether one of two frames may be from a backlog, and of an earlier exposure: its port has been silent for longer. Then
   * more frames follow at once.
   */
  #isDoubtful(one: Arrival, other: Arrival, nowSeconds: number): boolean {
    if (!this.#ports.haveBegunAgain) return false;
    if (this.#ports.isFollowedAtOnce(one, other.gapSeconds)) return true;
    if (this.#ports.isFollowedAtOnce(other, one.gapSeconds)) return true;
    const [longer, shorter] = one.gapSeconds > other.gapSeconds ? [one, other] : [other, one];
    if (longer.gapSeconds <= 1.5 * shorter.gapSeconds + BEGINNING_SECONDS) return false;
    if (nowSeconds - longer.frame.arrivalSeconds > BACKLOG_SECONDS) return false;
    this.#doubtful.add(longer);
    return true;
  }

  /** Whether two frames are the first of their ports, and nothing has followed; doubtful until that is known. */
  #areAlone(one: Arrival, other: Arrival, nowSeconds: number): boolean {
    const areFirst = [one, other].every(({ frame }) => this.#ports.of(frame).isFirst(frame));
    const later = Math.max(one.frame.arrivalSeconds, other.frame.arrivalSeconds);
    const apart = Math.abs(one.frame.arrivalSeconds - other.frame.arrivalSeconds);
    if (!areFirst || apart > FIRST_FRAMES_SECONDS) return false;
    if (nowSeconds - later >= FIRST_FRAMES_SILENCES * apart) return true;
    this.#doubtful.add(other);
    return false;
  }

  /** How many seconds apart two frames that link their runs may come, beyond what is usual. */
  #tolerance(one: Run, other: Run): number {
    const intervals = [one.pace.interval, other.pace.interval].filter((interval) => interval !== undefined);
    // Where frames are paired, the ports number alike: then another number may come nearer.
    const byRate = this.#timing.isKnown
      ? Number.POSITIVE_INFINITY
      : Math.max(Math.min(...intervals) / 2, JITTER_SECONDS);
    return Math.min(this.#timing.tolerance, byRate, this.#toleranceByReturn(one, other));
  }

  /** Half of the shortest time after which a number may come back, as far as that is known. */
  #toleranceByReturn(one: Run, other: Run): number {
    const age = Math.min(one.ageSeconds, other.ageSeconds);
    const { returnSeconds } = this.#ports;
    if (returnSeconds < Number.POSITIVE_INFINITY) return Math.max(returnSeconds / 2, age / 16);
    return Math.max(age / 2, BEGINNING_SECONDS);
  }

  /**
   * What the frame is of however late it is: the ticks say so, or the number came only once, because another port's
   * numbers have grown steadily for so long.
   */
  #onlyOne(arrival: Arrival): Exposure | undefined {
    if (arrival.run.linked.size > 1) return undefined;
    const { frameNumber, arrivalSeconds } = arrival.frame;
    for (const exposure of this.#candidates(arrival)) {
      for (const other of exposure.arrivals) {
        if (this.#timing.ticksSay(other, arrival) === "same") return exposure;
        const isNewest = this.#ports.of(other.frame).run === other.run;
        if (!isNewest || this.#difference.isLikely(other, arrival)) continue;
        const { pace } = other.run;
        const isSteady =
          pace.steadySeconds(arrivalSeconds) >= UNIQUE_SECONDS &&
          pace.isSteadySince(frameNumber, arrivalSeconds);
        if (isSteady || this.#isReachedLongAgo(other, arrival)) return exposure;
      }
    }
    return undefined;
  }

  /** Whether both ports took so much longer to come to the number than lies between them that it cannot have come back. */
  #isReachedLongAgo(one: Arrival, other: Arrival): boolean {
    if (haveWaited(one, other)) return false;
    if (!one.run.isLong || !other.run.isLong || !one.isTimely || !other.isTimely) return false;
    const apart = other.frame.arrivalSeconds - one.frame.arrivalSeconds;
    return apart <= Math.min(one.run.secondsTo(one.frame), other.run.secondsTo(other.frame)) * LATE_SHARE;
  }
}
