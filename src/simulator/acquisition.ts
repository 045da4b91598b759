import type { Clock } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import type { SimulatedFault } from "./faults/index.js";
import type { Exposure } from "./plan.js";
import type { FrameOf } from "./simulated-frame.js";

export interface AcquisitionOptions {
  readonly layout: DetectorLayout;
  readonly frame: FrameOf;
  readonly rateHz: number;
  /** Infinity for no end. */
  readonly frameCount: number;
  readonly clock: Clock;
  readonly firstFrameNumber?: bigint;
  /** Entries of addJsonHeader in every frame's header. */
  readonly added?: Readonly<Record<string, string>> | undefined;
  /** Simulated faults; each acts on the result of those before it. */
  readonly faults?: readonly SimulatedFault[];
  /** Seed of the faults' random numbers. */
  readonly seed?: number;
  /** Whether each module's frame has a stamp in its pixels: module, exposure, and the seed as its run. */
  readonly isStamped?: boolean;
  /** Ends the acquisition early. */
  readonly signal?: AbortSignal;
  /** Called with each exposure, before its messages are sent. */
  readonly onExposure?: (exposure: Exposure) => void;
}

/** What a detector has sent. */
export interface Sent {
  /** Including those whose messages were all lost. */
  readonly exposures: number;
  /** Exposures for which every port sent its frame. */
  readonly whole: number;
  /** Including invalid messages, like a monitor's counter. */
  readonly moduleFrames: number;
  readonly endMessages: number;
  /** Number of times that each fault acted, by the names in their table. */
  readonly faults: Readonly<Record<string, number>>;
}
