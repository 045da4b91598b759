import { BYTES_PER_WORD, MODULE_COLUMNS, ROWS_PER_PACKET } from "../../detector.js";
import type { FrameFields, ModuleFrame } from "../../stream/index.js";
import { DETECTOR_TYPE_JUNGFRAU, RAW_HEADER, RAW_HEADER_BYTES, RAW_HEADER_VERSION } from "../raw-layout.js";

const PACKET_BYTES = ROWS_PER_PACKET * MODULE_COLUMNS * BYTES_PER_WORD;
/** The byte with which an slsReceiver fills lost packets. */
const LOST_PACKET = Buffer.alloc(PACKET_BYTES, 0xff);

/**
 * The header before a frame's image in a `.raw` file. Values that the stream does not contain are 0; a frame without
 * a position is in the row of its port.
 *
 * The stream gives the number of received packets, but not which ones. Packets filled with 0xFFFF are the lost ones,
 * if their number fits; else the bit of every packet of the frame is 0: unknown.
 *
 * @returns 112 bytes, owned by the caller
 */
export function rawFrameHeader(frame: ModuleFrame, fields: FrameFields): Uint8Array {
  const header = Buffer.alloc(RAW_HEADER_BYTES);
  const { position } = fields;
  const { packetsCaught, isCaught } = packetsOf(frame, fields);
  header.writeBigUInt64LE(frame.frameNumber, RAW_HEADER.frameNumber);
  header.writeUInt32LE(unsigned(fields.exposureTicks, 32), RAW_HEADER.exposureTicks);
  header.writeUInt32LE(packetsCaught, RAW_HEADER.packetsCaught);
  header.writeBigUInt64LE(fields.bunchId ?? 0n, RAW_HEADER.bunchId);
  header.writeBigUInt64LE(frame.timestampTicks, RAW_HEADER.timestampTicks);
  header.writeUInt16LE(unsigned(fields.moduleId, 16), RAW_HEADER.moduleId);
  header.writeUInt16LE(unsigned(position?.row ?? frame.portIndex, 16), RAW_HEADER.row);
  header.writeUInt16LE(unsigned(position?.column, 16), RAW_HEADER.column);
  header.writeUInt16LE(unsigned(fields.reserved, 16), RAW_HEADER.reserved);
  header.writeUInt32LE(unsigned(fields.daqInfo, 32), RAW_HEADER.daqInfo);
  header.writeUInt16LE(unsigned(fields.roundRobin, 16), RAW_HEADER.roundRobin);
  header.writeUInt8(unsigned(fields.detectorType ?? DETECTOR_TYPE_JUNGFRAU, 8), RAW_HEADER.detectorType);
  header.writeUInt8(unsigned(fields.headerVersion ?? RAW_HEADER_VERSION, 8), RAW_HEADER.headerVersion);
  for (const [packet, caught] of isCaught.entries()) {
    if (!caught) continue;
    const byte = RAW_HEADER.packetMask + (packet >> 3);
    header[byte] = (header[byte] as number) | (1 << (packet & 7));
  }
  return header;
}

/** A value that does not fit counts as missing in the stream. */
function unsigned(value: number | undefined, bits: number): number {
  return value !== undefined && value < 2 ** bits ? value : 0;
}

interface Packets {
  readonly packetsCaught: number;
  readonly isCaught: readonly boolean[];
}

function packetsOf({ complete, rows, raw }: ModuleFrame, fields: FrameFields): Packets {
  const packets = rows / ROWS_PER_PACKET;
  if (complete) return { packetsCaught: packets, isCaught: Array(packets).fill(true) };
  const isCaught = Array.from({ length: packets }, (_, packet) => {
    const bytes = raw.subarray(packet * PACKET_BYTES, (packet + 1) * PACKET_BYTES);
    return !LOST_PACKET.equals(bytes);
  });
  const filled = isCaught.filter((caught) => !caught).length;
  // If the header of an incomplete frame counts all packets, or no number is known, the filled packets decide: at
  // least one is lost.
  const named = fields.packetsCaught ?? packets;
  const packetsCaught = named < packets ? named : packets - Math.max(filled, 1);
  const isKnown = filled === packets - packetsCaught;
  return { packetsCaught, isCaught: isKnown ? isCaught : [] };
}
