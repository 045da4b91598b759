import { SECONDS_PER_TICK } from "../detector.js";
import type { PairedFrames } from "./pairing.js";

/**
 * Tells the time of events: arrival time of a run's first frame, plus the detector's ticks since.
 *
 * Arrival times jitter with the network; the detector's ticks do not, but say nothing about the day. Anchored again
 * when ticks do not grow, or frame numbers go back: a new measurement, or a new run. A detector that has no clock sends
 * zeros, and so does a receiver for a frame that it lost whole: then the arrival time has to do, and the anchor stays.
 */
export class EventClock {
  #anchor: { ticks: bigint; seconds: number } | undefined;
  #newestTicks = 0n;
  #newestFrame = 0n;

  /** @returns seconds since 1970 */
  timestampSeconds(frames: PairedFrames): number {
    const arrivalSeconds = Math.min(...frames.map((frame) => frame.arrivalSeconds));
    const ticks = frames.find((frame) => frame.timestampTicks !== 0n)?.timestampTicks;
    if (ticks === undefined) return arrivalSeconds;

    const frameNumber = frames[0]?.frameNumber ?? 0n;
    if (this.#anchor === undefined || ticks <= this.#newestTicks || frameNumber < this.#newestFrame) {
      this.#anchor = { ticks, seconds: arrivalSeconds };
    }
    this.#newestTicks = ticks;
    this.#newestFrame = frameNumber;
    return this.#anchor.seconds + Number(ticks - this.#anchor.ticks) * SECONDS_PER_TICK;
  }
}
