import { SECONDS_PER_TICK } from "../detector.js";
import type { ModuleFrame } from "../stream/index.js";

/** A delay that is shorter by more than this shows that the earlier ones were not the shortest. */
const SHORTER_SECONDS = 0.02;
/** A delay that is longer by more than this is not jitter. */
const LONGER_SECONDS = 0.05;
/** After a silence of this length, a longer delay is more likely a restart of the clock than a late frame. */
const SILENT_SECONDS = 0.5;
/**
 * Two frames follow the pace of their ticks if the time between their arrivals is that of their ticks, within these
 * factors and some jitter.
 */
const PACE = { least: 0.5, most: 1.5, jitterSeconds: 0.01 };
/**
 * A restart is certain after this time. Before, frames that arrive earlier than by their clock by more than the
 * second value show a backlog.
 */
const TRIAL_SECONDS = 0.2;
const SOONER_SECONDS = 0.015;
/** Frames out of order have the same delay as the others. */
const OUT_OF_ORDER_SECONDS = 0.01;
/** The shortest delay is that of the last one to two windows. */
const WINDOW_SECONDS = 10;
/** How much the anchor may move, as a share of the elapsed time: intervals between frames hardly change. */
const SLEW = 0.02;

interface Tick {
  readonly frameNumber: bigint;
  /** The detector's clock, in seconds. */
  readonly clock: number;
  readonly arrival: number;
}

/**
 * Gives the times of a port's exposures: the port's clock, anchored to the time of day by the shortest recent delay.
 *
 * Arrival times jitter with network and load. The detector's clock does not, but it restarts, drifts, and is not a
 * time of day. The shortest delay follows the drift. Following frames show the meaning of a suddenly longer delay: if
 * they arrive at the pace of their clock, the clock has restarted; if earlier, there was a backlog, and the anchor
 * stays.
 */
export class PortClock {
  /** Time of day at which the clock was 0. */
  #anchor: number | undefined;
  #newest: Tick | undefined;
  #late: Tick | undefined;
  /** A possible restart, and the anchor before it. */
  #trial: { readonly first: Tick; readonly anchor: number } | undefined;
  #window = { begin: 0, least: Number.POSITIVE_INFINITY, before: Number.POSITIVE_INFINITY };

  /**
   * @param frame     in the order of arrival
   * @param isQueued  whether it had waited to be read, so that its delay is meaningless
   * @returns seconds since 1970; undefined for a frame without ticks
   */
  secondsOf(frame: ModuleFrame, isQueued: boolean): number | undefined {
    const { frameNumber, timestampTicks, arrivalSeconds: arrival, complete } = frame;
    if (timestampTicks === 0n) return undefined;
    const tick = { frameNumber, clock: Number(timestampTicks) * SECONDS_PER_TICK, arrival };
    const delay = arrival - tick.clock;
    const newest = this.#newest;
    if (this.#anchor === undefined || newest === undefined) return this.#beginAnew(tick);
    if (tick.clock <= newest.clock) {
      const isOutOfOrder = frameNumber < newest.frameNumber && this.#isUsual(delay);
      return isOutOfOrder ? this.#anchor + tick.clock : this.#beginAnew(tick);
    }
    this.#newest = tick;
    this.#judgeTrial(tick);
    if (delay < this.#anchor - SHORTER_SECONDS) return this.#anchorAt(delay, tick);
    if (!complete || isQueued) return this.#anchor + tick.clock;
    if (delay > this.#anchor + LONGER_SECONDS) return this.#judgeLate(tick, newest, this.#anchor);
    this.#late = undefined;
    this.#anchor += clamped(
      this.#leastDelay(delay, arrival) - this.#anchor,
      SLEW * (arrival - newest.arrival),
    );
    return this.#anchor + tick.clock;
  }

  #isUsual(delay: number): boolean {
    return Math.abs(delay - (this.#anchor ?? 0)) <= OUT_OF_ORDER_SECONDS;
  }

  #beginAnew(tick: Tick): number {
    this.#newest = tick;
    return this.#anchorAt(tick.arrival - tick.clock, tick);
  }

  /** @returns the tick's time */
  #anchorAt(delay: number, { clock, arrival }: Tick): number {
    this.#anchor = delay;
    this.#late = undefined;
    this.#trial = undefined;
    this.#window = { begin: arrival, least: delay, before: Number.POSITIVE_INFINITY };
    return delay + clock;
  }

  /** @param newest  the previous frame */
  #judgeLate(tick: Tick, newest: Tick, anchor: number): number {
    const late = this.#late;
    this.#late = tick;
    // After a silence, a restart is more likely than a late frame.
    if (tick.arrival - newest.arrival >= SILENT_SECONDS) {
      const seconds = this.#anchorAt(tick.arrival - tick.clock, tick);
      this.#trial = { first: tick, anchor };
      return seconds;
    }
    if (late !== undefined) {
      const elapsed = tick.arrival - late.arrival;
      const ticked = tick.clock - late.clock;
      if (elapsed >= PACE.least * ticked && elapsed <= PACE.most * ticked + PACE.jitterSeconds) {
        return this.#anchorAt(Math.min(late.arrival - late.clock, tick.arrival - tick.clock), tick);
      }
    }
    return anchor + tick.clock;
  }

  #judgeTrial(tick: Tick): void {
    if (this.#trial === undefined) return;
    const { first, anchor } = this.#trial;
    const ticked = tick.clock - first.clock;
    const sooner = ticked - (tick.arrival - first.arrival);
    if (sooner > Math.max(SOONER_SECONDS, PACE.least * ticked)) this.#anchorAt(anchor, tick);
    if (ticked > TRIAL_SECONDS) this.#trial = undefined;
  }

  #leastDelay(delay: number, arrival: number): number {
    const window = this.#window;
    if (arrival - window.begin >= WINDOW_SECONDS) {
      this.#window = { begin: arrival, least: delay, before: window.least };
    } else {
      window.least = Math.min(window.least, delay);
    }
    return Math.min(this.#window.least, this.#window.before);
  }
}

function clamped(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
