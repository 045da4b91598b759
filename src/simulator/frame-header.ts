import {
  BYTES_PER_WORD,
  type DetectorLayout,
  MODULE_COLUMNS,
  MODULE_PIXELS,
  MODULE_ROWS,
  ROWS_PER_PACKET,
} from "../detector.js";

/** What differs from header to header. */
export interface FrameHeaderFields {
  readonly layout: DetectorLayout;
  readonly moduleIndex: number;
  readonly frameNumber: bigint;
  /** Frames since the acquisition's first. */
  readonly frameIndex: number;
  readonly timestampTicks: bigint;
  /** DAQ info bits: how the gain is set. */
  readonly daqInfo?: number;
  /** What `rx_jsonpara` has added. */
  readonly added?: Readonly<Record<string, string>> | undefined;
}

/** A frame header as release 9.2 of the SLS detector package writes it; ends with a line feed, without NUL. */
export function frameHeader({
  layout,
  moduleIndex,
  frameNumber,
  frameIndex,
  timestampTicks,
  daqInfo = 0,
  added = {},
}: FrameHeaderFields): string {
  const packets = MODULE_ROWS / ROWS_PER_PACKET;
  const addJsonHeader = Object.keys(added).length === 0 ? "" : `, "addJsonHeader": ${JSON.stringify(added)}`;
  return (
    `{"jsonversion":5, "bitmode":16, "fileIndex":0, "detshape":[1, ${layout.modules}], ` +
    `"shape":[${MODULE_COLUMNS}, ${MODULE_ROWS}], "size":${MODULE_PIXELS * BYTES_PER_WORD}, "acqIndex":${frameNumber}, ` +
    `"frameIndex":${frameIndex}, "progress":0, "fname":"//run", "data":1, "completeImage":1, ` +
    `"frameNumber":${frameNumber}, "expLength":0, "packetNumber":${packets}, "detSpec1":0, ` +
    `"timestamp":${timestampTicks}, "modId":0, "row":${moduleIndex}, "column":0, "detSpec2":0, "detSpec3":${daqInfo}, ` +
    `"detSpec4":0, "detType":3, "version":2, "flipRows":0, "quad":0, ` +
    `"rx_roi":[0, ${MODULE_COLUMNS - 1}, 0, ${MODULE_ROWS - 1}]${addJsonHeader}}\n`
  );
}

/** The header of an end message: all is 0 or empty, also the row. */
export function endHeader(): string {
  return (
    `{"jsonversion":5, "bitmode":0, "fileIndex":0, "detshape":[0, 0], "shape":[0, 0], "size":0, "acqIndex":0, ` +
    `"frameIndex":0, "progress":0, "fname":"", "data":0, "completeImage":0, "frameNumber":0, "expLength":0, ` +
    `"packetNumber":0, "detSpec1":0, "timestamp":0, "modId":0, "row":0, "column":0, "detSpec2":0, "detSpec3":0, ` +
    `"detSpec4":0, "detType":0, "version":0, "flipRows":0, "quad":0, "rx_roi":[0, 0, 0, 0]}\n`
  );
}
