import { StreamError } from "../errors.js";
import { exactInteger, parseJsonExactly, uint64 } from "./exact-json.js";

/** Many times the size that a receiver sends, but small enough to be parsed without delaying a stream. */
export const MAX_HEADER_SIZE_BYTES = 16_384;

/**
 * The content of a receiver's JSON header. No other file knows the names on the wire, and their history.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/zmqjsonheaderformat.html
 */
export interface FrameHeader {
  readonly kind: "frame";
  readonly frameNumber: bigint;
  /** Rows of this port: 512, or 256 with two UDP interfaces per module. */
  readonly rows: number;
  readonly columns: number;
  /** Payload size, from `size` if present, else from shape and bit mode. */
  readonly payloadSizeBytes: number;
  readonly bitsPerPixel: number;
  /** Packets that arrived. */
  readonly packetsCaught: number;
  /** Absent before release 5.0; then the packets decide. */
  readonly completeImage: boolean | undefined;
  /** Position among the ports; absent in release 3. */
  readonly position: PortPosition | undefined;
  /** The detector's clock in ticks of 100 ns; 0 if unknown. */
  readonly timestampTicks: bigint;
  /** detSpec3, bits with the module's settings; 0 if a release does not send them. */
  readonly daqInfo: number;
  /** The header was not valid JSON; its numbers were read one by one. */
  readonly repaired: boolean;
}

export interface PortPosition {
  readonly row: number;
  readonly column: number;
  /** [rows, columns] of the detector in ports; absent before release 4.1. */
  readonly detectorPorts: readonly [number, number] | undefined;
}

/** The end of an acquisition. It may be sent several times, or never. */
export interface EndHeader {
  readonly kind: "end";
  readonly repaired: boolean;
}

/** The text of a header part, without a copy of its bytes. */
export function headerText({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

/** Advice for invalid headers. */
export const CHECK_ADDRESS = "Is this a JUNGFRAU receiver's ZMQ port?";

/** Reads one field; absent fields are undefined. */
export interface Fields {
  integer(name: string): bigint | undefined;
  pair(name: string): readonly [bigint, bigint] | undefined;
}

/**
 * Parse a header of any release since 3.0, according to the keys that are present: the version number does not
 * determine them.
 *
 * The sender does not escape file names, so a quote in one makes the header invalid JSON, although all numbers are
 * there. They are then read one by one, and the header is marked as repaired.
 *
 * @throws {StreamError} STREAM_BAD_HEADER
 */
export function parseHeader(text: string): FrameHeader | EndHeader {
  const { fields, repaired } = headerFields(text);
  const required = <T>(value: T | undefined, name: string): T => {
    if (value === undefined)
      throw badHeader(`${repaired ? "it is not valid JSON, and " : ""}'${name}' is missing`);
    return value;
  };

  if (required(fields.integer("data"), "data") === 0n) return { kind: "end", repaired };

  const [columns, rows] = required(fields.pair("shape"), "shape").map(Number) as [number, number];
  const bitsPerPixel = Number(fields.integer("bitmode") ?? 16n);
  const size = fields.integer("size");
  const completeImage = fields.integer("completeImage");
  return {
    kind: "frame",
    frameNumber: required(fields.integer("frameNumber"), "frameNumber"),
    rows,
    columns,
    bitsPerPixel,
    payloadSizeBytes: size === undefined ? (rows * columns * bitsPerPixel) / 8 : Number(size),
    packetsCaught: Number(required(fields.integer("packetNumber"), "packetNumber")),
    completeImage: completeImage === undefined ? undefined : completeImage !== 0n,
    position: portPosition(fields),
    timestampTicks: required(fields.integer("timestamp"), "timestamp"),
    // Before release 7.0 the field was called debug.
    daqInfo: Number(fields.integer("detSpec3") ?? fields.integer("debug") ?? 0n),
    repaired,
  };
}

/** The fields of a header; `added` are those that users have added, undefined if it is not valid JSON. */
export function headerFields(text: string): { fields: Fields; repaired: boolean; added: unknown } {
  const json = parseJsonExactly(text);
  return json === undefined
    ? { fields: scannedFields(text), repaired: true, added: undefined }
    : { fields: jsonFields(json), repaired: false, added: json.addJsonHeader };
}

export function portPosition(fields: Fields): PortPosition | undefined {
  const row = fields.integer("row");
  const column = fields.integer("column");
  if (row === undefined || column === undefined) return undefined;
  const ports = fields.pair("detshape");
  return {
    row: Number(row),
    column: Number(column),
    detectorPorts: ports && [Number(ports[1]), Number(ports[0])],
  };
}

function badHeader(what: string): StreamError {
  return new StreamError("STREAM_BAD_HEADER", `Frame header: ${what}. ${CHECK_ADDRESS}`);
}

function checked(integer: bigint | undefined, name: string): bigint {
  if (integer !== undefined) return integer;
  throw badHeader(`'${name}' is not a whole number from 0 to 2^64 - 1`);
}

function jsonFields(header: Record<string, unknown>): Fields {
  return {
    integer: (name) => (Object.hasOwn(header, name) ? checked(exactInteger(header[name]), name) : undefined),
    pair: (name) => {
      if (!Object.hasOwn(header, name)) return undefined;
      const value = header[name];
      if (!Array.isArray(value) || value.length !== 2) throw badHeader(`'${name}' is not a pair of numbers`);
      return [checked(exactInteger(value[0]), name), checked(exactInteger(value[1]), name)];
    },
  };
}

/**
 * Fields of a text that is not JSON. A key that is found twice is ambiguous (the file name may contain anything), so
 * the header is rejected.
 */
function scannedFields(text: string): Fields {
  const find = (name: string, value: string): RegExpExecArray | undefined => {
    const matches = [...text.matchAll(new RegExp(`"${name}"\\s*:\\s*${value}`, "g"))];
    if (matches.length > 1)
      throw badHeader(`it is not valid JSON, and contains '${name}' ${matches.length} times`);
    return matches[0];
  };
  return {
    integer: (name) => {
      const match = find(name, "(\\d{1,20})(?![\\d.eE])");
      return match && checked(uint64(match[1] ?? ""), name);
    },
    pair: (name) => {
      const match = find(name, "\\[\\s*(\\d{1,9})\\s*,\\s*(\\d{1,9})\\s*\\]");
      return match && [BigInt(match[1] ?? ""), BigInt(match[2] ?? "")];
    },
  };
}
