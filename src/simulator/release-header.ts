import { BYTES_PER_WORD, MODULE_COLUMNS, ROWS_PER_PACKET } from "../detector.js";

/** Releases of the SLS detector package with different headers; one in between is as the one before it. */
export const RELEASES = ["3.1", "4.0", "4.2", "5.1", "6.1", "7.0", "9.2", "10.1"] as const;
export type Release = (typeof RELEASES)[number];

/** Contents of a frame's header. */
export interface HeaderFields {
  readonly frameNumber: bigint;
  /** Frames since the first of the acquisition. */
  readonly frameIndex: bigint;
  /** Ticks of 100 ns. */
  readonly timestampTicks: bigint;
  /** Columns and rows of ports; for this port, rows of pixels. */
  readonly ports: readonly [columns: number, rows: number];
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  /** All packets by default. */
  readonly packetsCaught?: number | undefined;
  readonly complete?: boolean;
  /** Ticks of 100 ns. */
  readonly exposureTicks?: number | undefined;
  readonly bunchId?: bigint | undefined;
  readonly moduleId?: number | undefined;
  readonly reserved?: number | undefined;
  /** DAQ info bits: the gain setting. */
  readonly daqInfo?: number | undefined;
  readonly roundRobin?: number | undefined;
  /** Entries from `rx_jsonpara`, as a JSON object; undefined if there are none. */
  readonly added?: string | undefined;
}

/** Releases with a header key: from one on, before another. */
type Since = readonly [from: Release, before?: Release];

/**
 * The keys in wire order, and their releases. Release 10 has those of 9.2, according to its notes.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/zmqjsonheaderformat.html and streams of releases 4.2 to 9.2
 */
const KEYS: Readonly<Record<string, Since>> = {
  jsonversion: ["3.1"],
  bitmode: ["3.1"],
  fileIndex: ["3.1"],
  detshape: ["4.2"],
  shape: ["3.1"],
  size: ["4.0"],
  acqIndex: ["3.1"],
  fIndex: ["3.1", "5.1"],
  frameIndex: ["5.1"],
  progress: ["5.1"],
  fname: ["3.1"],
  data: ["3.1"],
  completeImage: ["5.1"],
  frameNumber: ["3.1"],
  expLength: ["3.1"],
  packetNumber: ["3.1"],
  bunchId: ["3.1", "7.0"],
  detSpec1: ["7.0"],
  timestamp: ["3.1"],
  modId: ["3.1"],
  xCoord: ["3.1", "4.0"],
  yCoord: ["3.1", "4.0"],
  zCoord: ["3.1", "4.0"],
  row: ["4.0"],
  column: ["4.0"],
  reserved: ["4.0", "7.0"],
  debug: ["3.1", "7.0"],
  roundRNumber: ["3.1", "7.0"],
  detSpec2: ["7.0"],
  detSpec3: ["7.0"],
  detSpec4: ["7.0"],
  detType: ["3.1"],
  version: ["3.1"],
  flippedDataX: ["4.0", "6.1"],
  flipRows: ["6.1"],
  gappixels: ["4.2", "5.1"],
  quad: ["4.2"],
  rx_roi: ["9.2"],
};

const JSON_VERSIONS: Readonly<Record<Release, number>> = {
  "3.1": 2,
  "4.0": 3,
  "4.2": 3,
  "5.1": 4,
  "6.1": 4,
  "7.0": 4,
  "9.2": 5,
  "10.1": 5,
};
const DETECTOR_TYPE_JUNGFRAU = 3;

/** A frame's header in a release's format; ends with a line feed, without NUL. */
export function releaseHeader(release: Release, fields: HeaderFields): string {
  const { rows, frameNumber, added } = fields;
  const packets = rows / ROWS_PER_PACKET;
  const { packetsCaught = packets, complete = packetsCaught === packets } = fields;
  const { bunchId = 0n, reserved = 0, daqInfo = 0, roundRobin = 0 } = fields;
  const text = headerText(release, {
    jsonversion: JSON_VERSIONS[release],
    bitmode: 8 * BYTES_PER_WORD,
    detshape: pair(fields.ports),
    shape: pair([MODULE_COLUMNS, rows]),
    size: rows * MODULE_COLUMNS * BYTES_PER_WORD,
    acqIndex: frameNumber,
    fIndex: fields.frameIndex,
    frameIndex: fields.frameIndex,
    fname: '"//run"',
    data: 1,
    completeImage: Number(complete),
    frameNumber,
    expLength: fields.exposureTicks ?? 0,
    packetNumber: packetsCaught,
    bunchId,
    detSpec1: bunchId,
    timestamp: fields.timestampTicks,
    modId: fields.moduleId ?? 0,
    xCoord: fields.row,
    yCoord: fields.column,
    row: fields.row,
    column: fields.column,
    reserved,
    detSpec2: reserved,
    debug: daqInfo,
    detSpec3: daqInfo,
    roundRNumber: roundRobin,
    detSpec4: roundRobin,
    detType: DETECTOR_TYPE_JUNGFRAU,
    version: isSince(release, ["7.0"]) ? 2 : 1,
    rx_roi: `[0, ${MODULE_COLUMNS - 1}, 0, ${rows - 1}]`,
  });
  // Before release 5.0, users' keys were among the others.
  const own = isSince(release, ["5.1"]) ? `"addJsonHeader": ${added}` : added?.slice(1, -1);
  return `{${text}${added === undefined ? "" : `, ${own}`}}\n`;
}

/** The header of an end message: everything is 0 or empty, including the row. */
export function endHeader(release: Release): string {
  const text = headerText(release, {
    jsonversion: JSON_VERSIONS[release],
    detshape: pair([0, 0]),
    shape: pair([0, 0]),
    fname: '""',
    rx_roi: "[0, 0, 0, 0]",
  });
  return `{${text}}\n`;
}

/** Written by hand, because JSON.stringify does not support bigint. A key without a value is 0. */
function headerText(release: Release, values: Readonly<Record<string, unknown>>): string {
  return Object.entries(KEYS)
    .filter(([, since]) => isSince(release, since))
    .map(([key]) => `"${key}":${values[key] ?? 0}`)
    .join(", ");
}

function isSince(release: Release, [from, before]: Since): boolean {
  const index = RELEASES.indexOf(release);
  return index >= RELEASES.indexOf(from) && (before === undefined || index < RELEASES.indexOf(before));
}

function pair([first, second]: readonly [number, number]): string {
  return `[${first}, ${second}]`;
}
