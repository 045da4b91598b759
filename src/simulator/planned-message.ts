import type { Exposure } from "./plan.js";

/** A message that a port is to send, or the restart of the port. */
export type PlannedMessage = PlannedFrame | PlannedOther;

interface Planned {
  readonly portIndex: number;
  /** Since the start. */
  readonly atSeconds: number;
}

/** A frame, or the invalid message that is made of it. */
export interface PlannedFrame extends Planned {
  readonly kind: "frame" | "malformed";
  /** What its pixels are of. */
  readonly exposure: Exposure;
  /** In the header. */
  readonly frameNumber: bigint;
  readonly timestampTicks: number;
  /** All by default. */
  readonly packetsCaught?: number;
}

interface PlannedOther extends Planned {
  readonly kind: "end" | "restart";
}
