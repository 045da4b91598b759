import { BYTES_PER_WORD, MODULE_COLUMNS } from "../../detector.js";
import { StreamError } from "../../errors.js";
import { exactInteger, parseJsonExactly } from "../exact-json.js";
import { daqInfo, gainMode } from "../gain-mode.js";
import { headerText } from "../header.js";
import { type MessageContext, releaseOf } from "../message.js";
import type { ModuleFrame, PairedExposure } from "../module-stream.js";

/** Identifies the format of a message, and its version. */
const FORMAT = "jungfrau-1m-parts";
const VERSION = 1;

/** A header of four ports has less than 500 bytes. */
const MAX_HEADER_SIZE_BYTES = 4096;

/**
 * The header of an exposure that is sent as one message of several parts: this header, and the payload of every port,
 * from the top of the detector. The payloads are sent unchanged, without a copy. docs/parts-format.md describes the
 * format.
 */
export function partsHeader({ timestampSeconds, missed, frames }: PairedExposure): string {
  const [first] = frames;
  const ports = frames.map(
    ({ complete, missing, timestampTicks, gainMode }) =>
      `{"complete":${complete},${missing ? '"missing":true,' : ""}"timestampTicks":${timestampTicks},` +
      `"daqInfo":${daqInfo(gainMode)}}`,
  );
  return (
    `{"format":"${FORMAT}","version":${VERSION},"frameNumber":${first?.frameNumber ?? 0},` +
    `"timestampSeconds":${timestampSeconds},${missed === undefined ? "" : `"missed":${missed},`}"shape":[${first?.rows ?? 0},${MODULE_COLUMNS}],"ports":[${ports.join(",")}]}`
  );
}

/**
 * Read a message of {@link partsHeader} and the payloads.
 *
 * @throws {StreamError} STREAM_BAD_HEADER, STREAM_BAD_MESSAGE
 */
export function readParts(parts: readonly Uint8Array[], context: MessageContext): PairedExposure {
  const [headerBytes, ...payloads] = parts;
  const isHeader = headerBytes !== undefined && headerBytes.length <= MAX_HEADER_SIZE_BYTES;
  const header = isHeader ? parseJsonExactly(headerText(headerBytes)) : undefined;
  if (header?.format !== FORMAT) throw badHeader("it is not that of `om-jungfrau receive`");
  if (header.version !== VERSION) {
    throw badHeader(`its version is ${header.version}, but this program reads ${VERSION}`);
  }
  const { ports, timestampSeconds } = header;
  const portCount = payloads.length;
  const { rows: detectorRows, portCounts } = context.layout;
  if (!Array.isArray(ports) || ports.length !== portCount || !portCounts.includes(portCount)) {
    throw badHeader(
      `the number of ports does not match the message's parts, or is not ${portCounts.join(" or ")}`,
    );
  }
  if (typeof timestampSeconds !== "number" || !Number.isFinite(timestampSeconds)) {
    throw badHeader("'timestampSeconds' is not a finite number");
  }
  const frameNumber = integer(header, "frameNumber");
  const rows = detectorRows / portCount;
  const frames = payloads.map((raw, portIndex): ModuleFrame => {
    if (raw.length !== rows * MODULE_COLUMNS * BYTES_PER_WORD) {
      throw new StreamError(
        "STREAM_BAD_MESSAGE",
        `Frame ${frameNumber} has a payload of ${raw.length} bytes, but a port of ${rows} rows has ` +
          `${rows * MODULE_COLUMNS * BYTES_PER_WORD}. Is the receiver of the same version?`,
      );
    }
    const port = portOf(ports[portIndex]);
    const { complete } = port;
    if (typeof complete !== "boolean") throw badHeader("'complete' is neither true nor false");
    return {
      frameNumber,
      portIndex,
      rows,
      raw,
      complete,
      timestampTicks: integer(port, "timestampTicks"),
      gainMode: gainMode(Number(integer(port, "daqInfo"))),
      arrivalSeconds: context.arrivalSeconds,
      repaired: false,
      ...(port.missing === true && { missing: true }),
      ...releaseOf(context, raw),
    };
  });
  return { frames, timestampSeconds, ...missedBefore(header) };
}

/** Receivers up to version 0.1 do not send it. */
function missedBefore(header: Record<string, unknown>): Pick<PairedExposure, "missed"> {
  return Object.hasOwn(header, "missed") ? { missed: Number(integer(header, "missed")) } : {};
}

function portOf(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw badHeader("'ports' has an entry that is not a port");
}

function integer(fields: Record<string, unknown>, name: string): bigint {
  const value = exactInteger(fields[name]);
  if (value === undefined) throw badHeader(`'${name}' is not a whole number from 0 to 2^64 - 1`);
  return value;
}

function badHeader(what: string): StreamError {
  return new StreamError(
    "STREAM_BAD_HEADER",
    `Header of a receiver's event: ${what}. Name the address of \`om-jungfrau receive\`, of the same version, or of OM's receiver.`,
  );
}
