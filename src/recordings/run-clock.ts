import { SECONDS_PER_TICK } from "../detector.js";

/** Between exposures of which neither a clock nor a period is known: enough to keep their order. */
const UNKNOWN_PERIOD_SECONDS = 0.001;

export interface RunClockOptions {
  /** When the first exposure was taken, in seconds since 1970. */
  readonly startSeconds: number;
  /** Time from exposure to exposure as the run was set up. */
  readonly periodSeconds?: number | undefined;
  readonly firstNumber: bigint;
  /** The detector's clock at the first exposure, 100 ns; 0 if it has none. */
  readonly firstTicks: bigint;
}

/** Tells when the exposures of a run were taken: by the detector's clock, or else by their numbers. */
export class RunClock {
  readonly #options: RunClockOptions;

  constructor(options: RunClockOptions) {
    this.#options = options;
  }

  get startSeconds(): number {
    return this.#options.startSeconds;
  }

  /** Seconds since 1970. @param ticks  of the exposure; 0 if they are not known */
  secondsOf(frameNumber: bigint, ticks: bigint): number {
    const { startSeconds, firstTicks, firstNumber } = this.#options;
    if (firstTicks > 0n && ticks >= firstTicks) {
      return startSeconds + Number(ticks - firstTicks) * SECONDS_PER_TICK;
    }
    const periodSeconds = this.#options.periodSeconds || UNKNOWN_PERIOD_SECONDS;
    return startSeconds + Number(frameNumber - firstNumber) * periodSeconds;
  }
}
