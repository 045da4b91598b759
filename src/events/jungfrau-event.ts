import type { DataEvent } from "../api/index.js";
import type { PairedFrames } from "./pairing.js";

/** One exposure of a JUNGFRAU 1M: what its data sources read. */
export interface JungfrauEvent extends DataEvent {
  /** The frames of all ports, from the top of the detector. */
  readonly frames: PairedFrames;
  /** Whether a frame of any port lost packets. */
  readonly incomplete: boolean;
}
