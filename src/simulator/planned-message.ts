import type { Exposure } from "./plan.js";

/** A message that a port is to send, or the restart of the port. */
export type PlannedMessage = PlannedFrame | PlannedOther;

interface Planned {
  readonly portIndex: number;
  /** Since the start. */
  readonly atSeconds: number;
}

/** A frame, or the invalid message into which it is turned. */
export interface PlannedFrame extends Planned {
  readonly kind: "frame" | "malformed";
  /** The exposure that its pixels show. */
  readonly exposure: Exposure;
  /** Frame number in the header. */
  readonly frameNumber: bigint;
  readonly timestampTicks: number;
  /** All packets by default. */
  readonly packetsCaught?: number;
}

interface PlannedOther extends Planned {
  readonly kind: "end" | "restart";
}
