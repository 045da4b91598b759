import { type DetectorLayout, MODULE_ROWS } from "../detector.js";
import { releaseHeader } from "./release-header.js";

/** The fields that vary between headers. */
export interface FrameHeaderFields {
  readonly layout: DetectorLayout;
  readonly moduleIndex: number;
  readonly frameNumber: bigint;
  /** Frames since the acquisition's first. */
  readonly frameIndex: number;
  readonly timestampTicks: bigint;
  /** DAQ info bits: the gain setting. */
  readonly daqInfo?: number;
  /** All packets by default. */
  readonly packetsCaught?: number | undefined;
  /** Entries from `rx_jsonpara`. */
  readonly added?: Readonly<Record<string, string>> | undefined;
}

/** The header of a simulated module's frame, in the format of release 9.2 of the SLS detector package. */
export function frameHeader({
  layout,
  moduleIndex,
  frameIndex,
  added = {},
  ...fields
}: FrameHeaderFields): string {
  return releaseHeader("9.2", {
    ...fields,
    frameIndex: BigInt(frameIndex),
    ports: [1, layout.modules],
    row: moduleIndex,
    column: 0,
    rows: MODULE_ROWS,
    added: Object.keys(added).length === 0 ? undefined : JSON.stringify(added),
  });
}
