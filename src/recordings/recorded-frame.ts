import { BYTES_PER_WORD, MODULE_COLUMNS, ROWS_PER_PACKET } from "../detector.js";
import { gainMode, type ModuleFrame } from "../stream/index.js";

/** The recorded values of one frame of one port; values that a format does not contain are 0. */
export interface RecordedHeader {
  readonly frameNumber: bigint;
  /** The detector's clock in ticks of 100 ns; 0 if it has none. */
  readonly timestampTicks: bigint;
  /** Exposure time in ticks of 100 ns. */
  readonly exposureTicks: number;
  readonly packetsCaught: number;
  readonly bunchId: bigint;
  readonly moduleId: number;
  /** Place of the port among the detector's ports. */
  readonly row: number;
  readonly column: number;
  readonly reserved: number;
  /** DAQ info bits, with the gain settings. */
  readonly daqInfo: number;
  readonly roundRobin: number;
  readonly detectorType: number;
  readonly headerVersion: number;
}

/** A frame of a recording, and its place. */
export interface RecordedFrame {
  readonly header: RecordedHeader;
  /** Place in the detector frame, from the top. */
  readonly portIndex: number;
  /** Number of the detector's ports. */
  readonly portCount: number;
  readonly rows: number;
  /** Words with gain bits, [rows, 1024]; the frame becomes their owner. */
  readonly raw: Uint8Array;
  /** Values that users added to the header with `rx_jsonpara`. */
  readonly added?: Readonly<Record<string, unknown>> | undefined;
  /** Number of frames of the run before this one, including lost ones. */
  readonly frameIndex?: bigint | undefined;
  /** When the exposure was taken, in seconds since 1970. */
  readonly timestampSeconds: number;
  /** Whether no packet was lost; by default from `packetsCaught`. */
  readonly complete?: boolean;
  /** Frees the memory of `raw`. */
  readonly release?: () => void;
}

const encoder = new TextEncoder();

/** A frame as from a stream. Its JSON header is generated on demand. */
export function moduleFrameOf(recorded: RecordedFrame): ModuleFrame {
  const { header, portIndex, rows, raw, timestampSeconds, release } = recorded;
  const complete = recorded.complete ?? header.packetsCaught * ROWS_PER_PACKET >= rows;
  let json: Uint8Array | undefined;
  return {
    frameNumber: header.frameNumber,
    portIndex,
    rows,
    raw,
    complete,
    timestampTicks: header.timestampTicks,
    gainMode: gainMode(header.daqInfo),
    arrivalSeconds: timestampSeconds,
    get header() {
      json ??= encoder.encode(headerText(recorded, complete));
      return json;
    },
    repaired: false,
    ...(release !== undefined && { release }),
  };
}

/** The keys of release 9.2 whose values a recording contains. */
function headerText(
  { header, portCount, rows, added, frameIndex }: RecordedFrame,
  complete: boolean,
): string {
  const size = rows * MODULE_COLUMNS * BYTES_PER_WORD;
  const fields: Readonly<Record<string, unknown>> = {
    jsonversion: 5,
    bitmode: 8 * BYTES_PER_WORD,
    detshape: `[1, ${portCount}]`,
    shape: `[${MODULE_COLUMNS}, ${rows}]`,
    size,
    acqIndex: header.frameNumber,
    ...(frameIndex !== undefined && { frameIndex }),
    data: 1,
    completeImage: Number(complete),
    frameNumber: header.frameNumber,
    expLength: header.exposureTicks,
    packetNumber: header.packetsCaught,
    detSpec1: header.bunchId,
    timestamp: header.timestampTicks,
    modId: header.moduleId,
    row: header.row,
    column: header.column,
    detSpec2: header.reserved,
    detSpec3: header.daqInfo,
    detSpec4: header.roundRobin,
    detType: header.detectorType,
    version: header.headerVersion,
    ...(added !== undefined && { addJsonHeader: JSON.stringify(added) }),
  };
  // Without JSON.stringify, which does not support bigint.
  return `{${Object.entries(fields)
    .map(([key, value]) => `"${key}":${value}`)
    .join(", ")}}\n`;
}
