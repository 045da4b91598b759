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
  /** What every frame's header has in its addJsonHeader. */
  readonly added?: Readonly<Record<string, string>> | undefined;
  /** What goes wrong: each acts on what those before it have left. */
  readonly faults?: readonly SimulatedFault[];
  /** What faults are drawn from. */
  readonly seed?: number;
  /** Whether each module's frame says in its pixels which one it is, with the seed as its run. */
  readonly isStamped?: boolean;
  /** Ends the acquisition early. */
  readonly signal?: AbortSignal;
  /** Called with each exposure, before its messages are sent. */
  readonly onExposure?: (exposure: Exposure) => void;
}

/** What a detector has sent. */
export interface Sent {
  /** Also those of which every message was lost. */
  readonly exposures: number;
  /** Exposures of which every port sent its frame. */
  readonly whole: number;
  /** With invalid messages, as in a monitor's counter. */
  readonly moduleFrames: number;
  readonly endMessages: number;
  /** How often faults did something, by the names in their table. */
  readonly faults: Readonly<Record<string, number>>;
}
