import {
  countAbove,
  measurePixels,
  measureRegion,
  measureRings,
  type PixelStatistics,
} from "../../calibration/index.js";
import { HostError } from "../../errors.js";
import type { JungfrauEvent } from "../../events/index.js";
import type { DetectorFrame } from "./frame.js";

/** What a frame can be asked. */
export type FrameMethods = Pick<
  DetectorFrame,
  "statistics" | "measureRegion" | "measureRings" | "countAbove" | "countGainStages"
>;

/** A frame that cannot be asked yet. */
export type WithoutMethods<T extends DetectorFrame> = Omit<T, keyof FrameMethods>;

/** Give a frame its methods. They are not enumerable: to send a frame to another thread, which takes no functions, stays possible. */
function withMethods<T extends object>(frame: T, methods: FrameMethods): T & FrameMethods {
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(frame, name, { value });
  return frame as T & FrameMethods;
}

/** Let a frame answer that its owner may change. @param countGainStages  of its words, which it may not hold itself */
export function ownedFrame<T extends Pick<DetectorFrame, "data" | "status" | "shape">>(
  frame: T,
  countGainStages: DetectorFrame["countGainStages"],
): T & FrameMethods {
  return withMethods(frame, {
    statistics: () => measurePixels(frame.data, frame.status),
    measureRegion: (region) => measureRegion(frame.data, frame.status, frame.shape[1], region),
    measureRings: (map) => measureRings(frame.data, frame.status, map),
    countAbove: (threshold) => countAbove(frame.data, frame.status, threshold),
    countGainStages,
  });
}

/** Memory that one frame after the other is made in, and lent from. */
export class FrameMemory {
  readonly #newest: FrameMethods;
  /** How many frames were made in it. */
  #frames = 0;

  /** @param newest  what the frame that was made last answers */
  constructor(newest: FrameMethods) {
    this.#newest = newest;
  }

  /** Another frame is about to be made: those that were lent before cannot be asked any more. */
  overwrite(): void {
    this.#frames += 1;
  }

  /** Lend the frame that was made last. */
  lend<T extends object>(frame: T, event: JungfrauEvent): T & FrameMethods {
    const { statistics, ...others } = this.whileNewest(event);
    let measured: PixelStatistics | undefined;
    return withMethods(frame, {
      statistics: () => {
        measured ??= statistics();
        return measured;
      },
      ...others,
    });
  }

  /** What the frame that was made last answers; once another has taken its place, it throws HOST_EVENT_CLOSED. */
  whileNewest({ frameNumber }: JungfrauEvent): FrameMethods {
    const number = this.#frames;
    const newest = () => {
      if (number === this.#frames) return this.#newest;
      throw new HostError(
        "HOST_EVENT_CLOSED",
        `The frame of event ${frameNumber} was borrowed, and another has taken its place. Ask for its statistics and counts ` +
          "before closeEvent.",
      );
    };
    return {
      statistics: () => newest().statistics(),
      measureRegion: (region) => newest().measureRegion(region),
      measureRings: (map) => newest().measureRings(map),
      countAbove: (threshold) => newest().countAbove(threshold),
      countGainStages: (marginAdu) => newest().countGainStages(marginAdu),
    };
  }
}
