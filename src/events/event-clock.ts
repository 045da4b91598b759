import type { ModuleFrame } from "../stream/index.js";
import { PortClock } from "./port-clock.js";

/** If time would go back by more than this, the earlier time was wrong, and is corrected at once. */
const MAX_HELD_SECONDS = 0.05;

/**
 * Gives the time of events: that of the topmost frame whose port has a clock. A detector without a clock sends zeros,
 * and so does a receiver for a frame that it lost completely. If no port has ticks, the first arrival counts.
 */
export class EventClock {
  readonly #ports: PortClock[] = [];
  readonly #seconds = new WeakMap<ModuleFrame, number>();
  #newest = { frameNumber: 0n, seconds: Number.NEGATIVE_INFINITY };

  /** Record a frame. To be called in the order of arrival. @param isQueued  whether it had waited to be read */
  note(frame: ModuleFrame, isQueued = false): void {
    this.#ports[frame.portIndex] ??= new PortClock();
    const seconds = this.#ports[frame.portIndex]?.secondsOf(frame, isQueued);
    if (seconds !== undefined) this.#seconds.set(frame, seconds);
  }

  /**
   * @param frames  of one exposure, from the top of the detector; each must have been recorded
   * @returns seconds since 1970; never before that of a lower number, unless that was wrong
   */
  timestampSeconds(frames: readonly ModuleFrame[]): number {
    const { frameNumber } = frames[0] as ModuleFrame;
    const timed = frames.find((frame) => this.#seconds.has(frame));
    const known = timed && this.#seconds.get(timed);
    const seconds = known ?? Math.min(...frames.map(({ arrivalSeconds }) => arrivalSeconds));
    const newest = this.#newest;
    const goesBack = frameNumber > newest.frameNumber && seconds < newest.seconds;
    if (goesBack && newest.seconds - seconds <= MAX_HELD_SECONDS) {
      this.#newest = { frameNumber, seconds: newest.seconds };
      return newest.seconds;
    }
    if (frameNumber > newest.frameNumber || seconds > newest.seconds) this.#newest = { frameNumber, seconds };
    return seconds;
  }
}
