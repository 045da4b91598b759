import type { Arrival, Exposure, Run } from "./exposure.js";
import type { NumberDifference } from "./number-difference.js";
import { BACKLOG_SECONDS, type Ports } from "./ports.js";
import { BEGINNING_SECONDS, comeAlike, haveWaited, LATE_SHARE } from "./same-exposure.js";
import type { Timing } from "./timing.js";
import type { WaitingExposures } from "./waiting-exposures.js";

/** Arrival times are not more exact than this, at any rate. */
const JITTER_SECONDS = 0.004;
/** If two exposures arrived almost equally close to a frame, neither is more likely. */
const AMBIGUOUS_SECONDS = 0.001;
/**
 * The very first frames may arrive further apart, because a process that has just started is slow: up to this time,
 * if nothing follows for this many times as long. Then no other exposure is close enough to be confused with.
 */
const FIRST_FRAMES_SECONDS = 0.1;
const FIRST_FRAMES_SILENCES = 3;
/** In a run that has been steady for this long, each number occurred only once. */
const UNIQUE_SECONDS = 1;

/** Finds a frame's exposure while their runs are not linked: the one that arrived with it, or the only one. */
export class Linking {
  readonly #ports: Ports;
  readonly #timing: Timing;
  readonly #waiting: WaitingExposures;
  readonly #difference: NumberDifference;
  /** Frames that may be the first of a backlog. Following frames will show whether they are. */
  readonly #doubtful = new Set<Arrival>();

  constructor(ports: Ports, timing: Timing, waiting: WaitingExposures, difference: NumberDifference) {
    this.#ports = ports;
    this.#timing = timing;
    this.#waiting = waiting;
    this.#difference = difference;
  }

  /** The exposure that a frame belongs to, judged by frames of other ports; undefined if none fits, or several do. */
  find(arrival: Arrival, nowSeconds: number): Exposure | undefined {
    return this.#coincident(arrival, nowSeconds) ?? this.#onlyOne(arrival);
  }

  /** Frames to examine again: they could not be linked before it was known that nothing follows them at once. */
  *undoubted(nowSeconds: number): Generator<Arrival> {
    // A copy, because frames that are still doubtful are put back meanwhile.
    for (const arrival of [...this.#doubtful]) {
      if (nowSeconds - arrival.frame.arrivalSeconds <= BACKLOG_SECONDS) continue;
      this.#doubtful.delete(arrival);
      yield arrival;
    }
  }

  /** The exposure that arrived together with the frame; undefined if none did, or more than one. */
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

  /**
   * Whether a frame that lost packets may link runs: together with another such frame, before any restart of the
   * numbers was seen.
   */
  #mayLink({ frame }: Arrival): boolean {
    return !frame.complete && !this.#ports.haveBegunAgain;
  }

  /** Exposures with the frame's number that lack its port, and whose ticks do not contradict. */
  *#candidates(arrival: Arrival): Generator<Exposure> {
    for (const exposure of this.#waiting.thatLack(arrival)) {
      if (exposure.arrivals.every((other) => this.#timing.ticksSay(other, arrival) !== "other"))
        yield exposure;
    }
  }

  /**
   * Whether one of two frames may be from a backlog, and of an earlier exposure, because its port was silent for
   * longer. Then more frames follow at once.
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

  /** How much further apart than usual two frames that link their runs may arrive, in seconds. */
  #tolerance(one: Run, other: Run): number {
    const intervals = [one.pace.interval, other.pace.interval].filter((interval) => interval !== undefined);
    // If frames are being paired, the ports have the same numbering, so another number may arrive closer.
    const byRate = this.#timing.isKnown
      ? Number.POSITIVE_INFINITY
      : Math.max(Math.min(...intervals) / 2, JITTER_SECONDS);
    return Math.min(this.#timing.tolerance, byRate, this.#toleranceByReturn(one, other));
  }

  /** Half of the shortest known time after which a number may come back. */
  #toleranceByReturn(one: Run, other: Run): number {
    const age = Math.min(one.ageSeconds, other.ageSeconds);
    const { returnSeconds } = this.#ports;
    if (returnSeconds < Number.POSITIVE_INFINITY) return Math.max(returnSeconds / 2, age / 16);
    return Math.max(age / 2, BEGINNING_SECONDS);
  }

  /**
   * The frame's exposure however late the frame is: the ticks prove it, or the number occurred only once, because
   * another port's numbers have increased steadily for long enough.
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

  /**
   * Whether both ports took so much longer to reach the number than the time between the frames that the number
   * cannot have come back.
   */
  #isReachedLongAgo(one: Arrival, other: Arrival): boolean {
    if (haveWaited(one, other)) return false;
    if (!one.run.isLong || !other.run.isLong || !one.isTimely || !other.isTimely) return false;
    const apart = other.frame.arrivalSeconds - one.frame.arrivalSeconds;
    return apart <= Math.min(one.run.secondsTo(one.frame), other.run.secondsTo(other.frame)) * LATE_SHARE;
  }
}
