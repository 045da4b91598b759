/** The times and numbers of a simulated detector's exposures. Times in seconds since its start. */
export interface Plan {
  /** Frames of an acquisition; Infinity for a single one. */
  readonly acquisitionFrames: number;
  /** Pause before each acquisition; by default, {@link PAUSE_SECONDS} between two. */
  readonly pauseSeconds?: number;
  /** First frame number of each acquisition; without it, frame numbers continue. */
  readonly firstFrameNumber?: bigint;
  /** Delay of the first frame of each acquisition. */
  readonly firstLateSeconds: number;
  /** Time after which the receivers restart, repeatedly: numbers restart, and no end message is sent. */
  readonly restartSeconds: number;
  /** Period in which the last module sends nothing. */
  readonly silentFromSeconds: number;
  readonly silentUntilSeconds: number;
}

/** One acquisition without faults. */
export const USUAL_PLAN: Plan = {
  acquisitionFrames: Number.POSITIVE_INFINITY,
  firstLateSeconds: 0,
  restartSeconds: Number.POSITIVE_INFINITY,
  silentFromSeconds: Number.POSITIVE_INFINITY,
  silentUntilSeconds: Number.POSITIVE_INFINITY,
};

const PAUSE_SECONDS = 0.5;
/** How long receivers are unreachable during a restart. */
const RESTART_PAUSE_SECONDS = 1;

/** One exposure, of which each port sends a part. */
export interface Exposure {
  /** From 0, over all acquisitions. */
  readonly index: number;
  readonly acquisition: number;
  /** Index in its acquisition, from 0. */
  readonly frameIndex: number;
  readonly frameNumber: bigint;
  /** The detector's clock, which starts with the acquisition, in seconds. */
  readonly clockSeconds: number;
}

/** The next step. An acquisition ends with end messages, or because the receivers restart. */
export type PlanStep = { readonly atSeconds: number } & (
  | { readonly kind: "exposure"; readonly exposure: Exposure }
  | { readonly kind: "end" | "restart" }
);

export interface PlanOptions {
  readonly rateHz: number;
  /** Infinity for no end. */
  readonly frameCount: number;
  /** Of the first acquisition, if the plan does not set it. */
  readonly firstFrameNumber: bigint;
}

/** The exposures of a plan and the ends of its acquisitions, in order of time. */
export function* planSteps(plan: Plan, options: PlanOptions): Generator<PlanStep> {
  const { rateHz, frameCount } = options;
  const { pauseSeconds, firstLateSeconds, restartSeconds, acquisitionFrames } = plan;
  let index = 0;
  let frameNumber = options.firstFrameNumber;
  let startSeconds = pauseSeconds ?? 0;
  let nextRestartSeconds = restartSeconds;
  let lastRestartIndex = 0;
  for (let acquisition = 0; index < frameCount; acquisition++) {
    frameNumber = plan.firstFrameNumber ?? frameNumber;
    let atSeconds = startSeconds;
    let restarts = false;
    for (let frameIndex = 0; frameIndex < acquisitionFrames && index < frameCount; frameIndex++) {
      atSeconds = startSeconds + firstLateSeconds + frameIndex / rateHz;
      // However often receivers restart, at least one frame is sent in between.
      restarts = index > lastRestartIndex && atSeconds >= nextRestartSeconds;
      if (restarts) break;
      // The first frame is one period old, and only this one is late.
      const clockSeconds = (frameIndex + 1) / rateHz + (frameIndex > 0 ? firstLateSeconds : 0);
      const exposure = { index, acquisition, frameIndex, frameNumber, clockSeconds };
      yield { kind: "exposure", atSeconds, exposure };
      index += 1;
      frameNumber += 1n;
    }
    yield { kind: restarts ? "restart" : "end", atSeconds };
    if (restarts) {
      frameNumber = options.firstFrameNumber;
      startSeconds = atSeconds + RESTART_PAUSE_SECONDS;
      nextRestartSeconds = startSeconds + restartSeconds;
      lastRestartIndex = index;
    } else {
      startSeconds = atSeconds + 1 / rateHz + (pauseSeconds ?? PAUSE_SECONDS);
    }
  }
}
