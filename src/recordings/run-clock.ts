import { SECONDS_PER_TICK } from "../detector.js";

/** Time between exposures if neither clock nor period is known: enough to keep their order. */
const UNKNOWN_PERIOD_SECONDS = 0.001;

export interface RunClockOptions {
  /** When the first exposure was taken, in seconds since 1970. */
  readonly startSeconds: number;
  /** Time from exposure to exposure, from the settings of the run. */
  readonly periodSeconds?: number | undefined;
  readonly firstNumber: bigint;
  /** The detector's clock at the first exposure, in ticks of 100 ns; 0 without a clock. */
  readonly firstTicks: bigint;
}

/** Gives the times of a run's exposures: from the detector's clock, or else from their numbers. */
export class RunClock {
  readonly #options: RunClockOptions;

  constructor(options: RunClockOptions) {
    this.#options = options;
  }

  get startSeconds(): number {
    return this.#options.startSeconds;
  }

  /** Seconds since 1970. @param ticks  of the exposure; 0 if unknown */
  secondsOf(frameNumber: bigint, ticks: bigint): number {
    const { startSeconds, firstTicks, firstNumber } = this.#options;
    if (firstTicks > 0n && ticks >= firstTicks) {
      return startSeconds + Number(ticks - firstTicks) * SECONDS_PER_TICK;
    }
    const periodSeconds = this.#options.periodSeconds || UNKNOWN_PERIOD_SECONDS;
    return startSeconds + Number(frameNumber - firstNumber) * periodSeconds;
  }
}
