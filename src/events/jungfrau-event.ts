import type { DataEvent } from "../api/index.js";
import type { ModuleFrame } from "../stream/index.js";

/** The frames of one exposure: one of each port, in their order from the top of the detector. */
export type PairedFrames = readonly ModuleFrame[];

/** One exposure of a JUNGFRAU: what its data sources read. */
export interface JungfrauEvent extends DataEvent {
  /** The frames of all ports, from the top of the detector; in place of one that did not come, one that is `missing`. */
  readonly frames: PairedFrames;
  /** Whether a frame of any port lost packets, or did not come. */
  readonly incomplete: boolean;
}
