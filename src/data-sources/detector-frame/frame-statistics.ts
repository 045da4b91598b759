import { measurePixels, type PixelStatistics } from "../../calibration/index.js";
import { HostError } from "../../errors.js";
import type { JungfrauEvent } from "../../events/index.js";
import type { DetectorFrame } from "./frame.js";

/** A frame that cannot be measured yet. */
export type Unmeasured<T extends DetectorFrame> = Omit<T, "statistics">;

type Measurable = Pick<DetectorFrame, "statistics">;

/** Give a frame its method. It is not enumerable: to send a frame to another thread, which takes no functions, stays possible. */
function withStatistics<T extends object>(frame: T, statistics: () => PixelStatistics): T & Measurable {
  return Object.defineProperty(frame, "statistics", { value: statistics }) as T & Measurable;
}

/** Let a frame that its owner may change measure itself. */
export function ownedFrame<T extends Pick<DetectorFrame, "data" | "status">>(frame: T): T & Measurable {
  return withStatistics(frame, () => measurePixels(frame.data, frame.status));
}

/** Memory that one frame after the other is made in, and lent from. */
export class LentMemory {
  readonly #measure: () => PixelStatistics;
  /** How many frames were made in it. */
  #frames = 0;

  /** @param measure  the frame that was made last */
  constructor(measure: () => PixelStatistics) {
    this.#measure = measure;
  }

  /** Another frame is about to be made: those that were lent before cannot be measured any more. */
  overwrite(): void {
    this.#frames += 1;
  }

  /** Lend the frame that was made last. */
  lend<T extends object>(frame: T, { frameNumber }: JungfrauEvent): T & Measurable {
    const number = this.#frames;
    let measured: PixelStatistics | undefined;
    return withStatistics(frame, () => {
      if (measured === undefined && number !== this.#frames) {
        throw new HostError(
          "HOST_EVENT_CLOSED",
          `The frame of event ${frameNumber} was borrowed, and another has taken its place. Ask for its statistics ` +
            "before closeEvent, or use getData.",
        );
      }
      measured ??= this.#measure();
      return measured;
    });
  }
}
