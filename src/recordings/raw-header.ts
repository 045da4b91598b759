import { BYTES_PER_WORD, MODULE_COLUMNS, ROWS_PER_PACKET } from "../detector.js";
import { RAW_HEADER as AT, DETECTOR_TYPE_JUNGFRAU } from "./raw-layout.js";
import type { RecordedHeader } from "./recorded-frame.js";

/**
 * Read the header of a frame.
 *
 * @param bytes  the first {@link RAW_HEADER_BYTES} of a frame
 */
export function parseRawHeader(bytes: Uint8Array): RecordedHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    frameNumber: view.getBigUint64(AT.frameNumber, true),
    exposureTicks: view.getUint32(AT.exposureTicks, true),
    packetsCaught: view.getUint32(AT.packetsCaught, true),
    bunchId: view.getBigUint64(AT.bunchId, true),
    timestampTicks: view.getBigUint64(AT.timestampTicks, true),
    moduleId: view.getUint16(AT.moduleId, true),
    row: view.getUint16(AT.row, true),
    column: view.getUint16(AT.column, true),
    reserved: view.getUint16(AT.reserved, true),
    daqInfo: view.getUint32(AT.daqInfo, true),
    roundRobin: view.getUint16(AT.roundRobin, true),
    detectorType: view.getUint8(AT.detectorType),
    headerVersion: view.getUint8(AT.headerVersion),
  };
}

/**
 * Whether a header can belong to a port with images of this size. A header of zeros is from a file that was extended,
 * but not filled.
 */
export function isPlausible(header: RecordedHeader, imageBytes: number): boolean {
  const { frameNumber, detectorType, packetsCaught } = header;
  return (
    (detectorType === DETECTOR_TYPE_JUNGFRAU || (detectorType === 0 && frameNumber > 0n)) &&
    packetsCaught <= packetsOf(imageBytes)
  );
}

/** Number of packets of an image. */
export function packetsOf(imageBytes: number): number {
  return imageBytes / (ROWS_PER_PACKET * MODULE_COLUMNS * BYTES_PER_WORD);
}
