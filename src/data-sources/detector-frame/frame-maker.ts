import type { JungfrauEvent } from "../../events/index.js";
import type { DetectorFrame } from "./frame.js";

/** Makes detector frames of events. */
export interface FrameMaker {
  /** A frame in memory of the caller's. */
  own(event: JungfrauEvent): DetectorFrame;
  /** A frame in memory that the next frame is made in. */
  borrow(event: JungfrauEvent): DetectorFrame;
}
