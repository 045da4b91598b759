import type { JungfrauEvent } from "../../events/index.js";
import type { DetectorFrame } from "./frame.js";

/** Makes detector frames of events. */
export interface FrameMaker {
  /** A frame in memory that the caller owns. */
  own(event: JungfrauEvent): DetectorFrame;
  /** A frame in memory that the next frame overwrites. */
  borrow(event: JungfrauEvent): DetectorFrame;
}
