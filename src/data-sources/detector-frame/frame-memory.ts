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

/** Methods of a frame. */
export type FrameMethods = Pick<
  DetectorFrame,
  "statistics" | "measureRegion" | "measureRings" | "countAbove" | "countGainStages"
>;

/** A frame without its methods. */
export type WithoutMethods<T extends DetectorFrame> = Omit<T, keyof FrameMethods>;

/** Add methods to a frame, not enumerable: a frame with functions cannot be sent to another thread. */
function withMethods<T extends object>(frame: T, methods: FrameMethods): T & FrameMethods {
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(frame, name, { value });
  return frame as T & FrameMethods;
}

/**
 * Add methods for a frame that its owner may change.
 *
 * @param countGainStages  counts its words, which the frame may not contain
 */
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

/** Memory in which one frame after the other is made, and from which frames are lent. */
export class FrameMemory {
  readonly #newest: FrameMethods;
  /** Number of frames made so far. */
  #frames = 0;

  /** @param newest  methods for the newest frame */
  constructor(newest: FrameMethods) {
    this.#newest = newest;
  }

  /** To be called before another frame is made: methods of frames that were lent before then throw. */
  overwrite(): void {
    this.#frames += 1;
  }

  /** Lend the newest frame. */
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

  /** Methods of the newest frame; after the next frame is made, they throw HOST_EVENT_CLOSED. */
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
