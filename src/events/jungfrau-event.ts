import type { DataEvent } from "../api/index.js";
import type { ModuleFrame } from "../stream/index.js";

/** The frames of one exposure: one per port, from the top of the detector. */
export type PairedFrames = readonly ModuleFrame[];

/** One exposure of a JUNGFRAU, as its data sources read it. */
export interface JungfrauEvent extends DataEvent {
  /**
   * The frames of all ports, from the top of the detector. A frame that did not arrive is replaced by one that is
   * `missing`.
   */
  readonly frames: PairedFrames;
  /** Whether the frame of any port lost packets or did not arrive. */
  readonly incomplete: boolean;
}
