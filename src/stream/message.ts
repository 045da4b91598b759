import { BYTES_PER_WORD, type DetectorLayout, MODULE_COLUMNS, ROWS_PER_PACKET } from "../detector.js";
import { StreamError } from "../errors.js";
import { orSynchronizer } from "./frame-synchronizer.js";
import { gainMode } from "./gain-mode.js";
import {
  CHECK_ADDRESS,
  type FrameHeader,
  headerText,
  MAX_HEADER_SIZE_BYTES,
  type PortPosition,
  parseHeader,
} from "./header.js";
import type { ModuleFrame, StreamMessage } from "./module-stream.js";
import type { PortPlaces } from "./port-places.js";

/** The context of a message. */
export interface MessageContext {
  readonly layout: DetectorLayout;
  /** Place of the stream in the source string; also the frame's port if the header does not give it. */
  readonly streamIndex: number;
  /**
   * Number of the detector's streams: one per module, or two with two UDP interfaces; 1 for a receiver that pairs.
   */
  readonly streamCount: number;
  readonly arrivalSeconds: number;
  /** Shared with the other streams of the detector; without it, a frame belongs to the port in its header. */
  readonly places?: PortPlaces;
  /** How {@link ModuleFrame.release} frees the payload; absent if the caller keeps it. */
  readonly free?: (payload: Uint8Array) => void;
}

/** The {@link ModuleFrame.release} of a frame in this memory. */
export function releaseOf({ free }: MessageContext, bytes: Uint8Array): Pick<ModuleFrame, "release"> {
  return free === undefined ? {} : { release: () => free(bytes) };
}

/**
 * Make a {@link StreamMessage} of a ZMQ message. Never throws: an invalid message becomes a fault.
 *
 * @param parts  the message; the payload is borrowed by the frame, not copied
 */
export function parseMessage(parts: readonly Uint8Array[], context: MessageContext): StreamMessage {
  try {
    return parseParts(parts, context);
  } catch (error) {
    if (error instanceof StreamError) return { kind: "fault", fault: orSynchronizer(error, parts) };
    throw error;
  }
}

/** The values of a message that are needed to pass it on. The payload is not examined. */
export type MessageRoute =
  | { readonly kind: "frame"; readonly frameNumber: bigint }
  | Extract<StreamMessage, { kind: "end" | "fault" }>;

/** Find out where a message belongs. Never throws: an invalid message becomes a fault. @param parts  borrowed */
export function routeOf(parts: readonly Uint8Array[]): MessageRoute {
  try {
    const { header } = headerOf(parts);
    if (header.kind === "end") return { kind: "end", repaired: header.repaired };
    return { kind: "frame", frameNumber: header.frameNumber };
  } catch (error) {
    if (error instanceof StreamError) return { kind: "fault", fault: orSynchronizer(error, parts) };
    throw error;
  }
}

/** @throws {StreamError} STREAM_BAD_MESSAGE, STREAM_BAD_HEADER */
function headerOf(parts: readonly Uint8Array[]) {
  const [headerBytes, payload] = parts;
  if (headerBytes === undefined || parts.length > 2) {
    throw new StreamError(
      "STREAM_BAD_MESSAGE",
      `A message has ${parts.length} parts, but a receiver sends 1 or 2. ${CHECK_ADDRESS}`,
    );
  }
  if (headerBytes.length > MAX_HEADER_SIZE_BYTES) {
    throw new StreamError(
      "STREAM_BAD_HEADER",
      `Frame header of ${headerBytes.length} bytes, but a receiver's has less than 1000. ${CHECK_ADDRESS}`,
    );
  }
  return { header: parseHeader(headerText(headerBytes)), headerBytes, payload };
}

function parseParts(parts: readonly Uint8Array[], context: MessageContext): StreamMessage {
  const { header, headerBytes, payload } = headerOf(parts);
  if (header.kind === "end") return { kind: "end", repaired: header.repaired };

  if (payload?.length !== header.payloadSizeBytes) {
    throw new StreamError(
      "STREAM_BAD_MESSAGE",
      `Frame ${header.frameNumber} has a payload of ${payload?.length ?? 0} bytes, but its header says ` +
        `${header.payloadSizeBytes}. ${CHECK_ADDRESS}`,
    );
  }
  return { kind: "frame", frame: moduleFrame(header, headerBytes, payload, context) };
}

function moduleFrame(
  header: FrameHeader,
  headerBytes: Uint8Array,
  payload: Uint8Array,
  context: MessageContext,
): ModuleFrame {
  const rows = context.layout.rows / context.streamCount;
  if (header.rows !== rows || header.columns !== MODULE_COLUMNS) {
    throw unsupported(
      header,
      context,
      `has ${header.rows} × ${header.columns} pixels, but with ${context.streamCount} streams each frame has ${rows} × ` +
        `${MODULE_COLUMNS}`,
    );
  }
  const sizeBytes = rows * MODULE_COLUMNS * BYTES_PER_WORD;
  if (payload.length !== sizeBytes || header.bitsPerPixel !== 8 * BYTES_PER_WORD) {
    throw unsupported(
      header,
      context,
      `has ${payload.length} bytes at ${header.bitsPerPixel} bits per pixel, but a JUNGFRAU sends ${sizeBytes} at 16`,
    );
  }
  return {
    frameNumber: header.frameNumber,
    portIndex: portIndex(header, context),
    rows,
    raw: payload,
    complete: header.completeImage ?? header.packetsCaught * ROWS_PER_PACKET >= rows,
    timestampTicks: header.timestampTicks,
    gainMode: gainMode(header.daqInfo),
    arrivalSeconds: context.arrivalSeconds,
    header: headerBytes,
    repaired: header.repaired,
    ...releaseOf(context, payload),
  };
}

/** Place of a port in the detector frame, from the top. */
function portIndex(header: FrameHeader, context: MessageContext): number {
  const { streamIndex, places } = context;
  if (header.position === undefined) return streamIndex;
  const claimed = claimedPort(header, header.position, context);
  return places?.placeOf(streamIndex, claimed) ?? claimed ?? streamIndex;
}

/**
 * Ports are counted down the columns of the detector, so modules side by side follow each other. Before release 4.1,
 * the header does not give the arrangement of the modules: then a single row or column is assumed.
 *
 * @returns undefined if the header describes a detector with this port only, although there are others
 */
function claimedPort(
  header: FrameHeader,
  { row, column, detectorPorts }: PortPosition,
  context: MessageContext,
): number | undefined {
  const { streamCount, layout } = context;
  const portsPerModule = streamCount / layout.modules;
  const [portRows, portColumns] =
    detectorPorts ?? (column > 0 ? [portsPerModule, layout.modules] : [streamCount, 1]);
  if (streamCount > 1 && portRows === 1 && portColumns === 1 && row === 0 && column === 0) return undefined;
  if (portRows * portColumns !== streamCount || row >= portRows || column >= portColumns) {
    throw unsupported(
      header,
      context,
      `comes from port (${row}, ${column}) of ${portRows} × ${portColumns}, but ${streamCount} ports are expected`,
    );
  }
  return column * portRows + row;
}

function unsupported(header: FrameHeader, { layout }: MessageContext, what: string): StreamError {
  return new StreamError(
    "STREAM_UNSUPPORTED_FRAME",
    `Frame ${header.frameNumber} ${what}. Name all the streams of one ${layout.name}: one per module, or two per module ` +
      "with two interfaces.",
  );
}
