import { BYTES_PER_WORD, type DetectorLayout } from "../detector.js";
import { RecordingError } from "../errors.js";
import type { Master } from "./master.js";
import { isPlausible, packetsOf, parseRawHeader } from "./raw-header.js";
import { RAW_HEADER_BYTES } from "./raw-layout.js";
import { openRegularFile } from "./regular-file.js";

/** The number of ports of a run, and their size. */
export interface RawGeometry {
  readonly portCount: number;
  readonly imageBytes: number;
  /** Rows and columns of ports; undefined without a master. */
  readonly ports: readonly [rows: number, columns: number] | undefined;
}

/** @throws {RecordingError} RECORDING_FORMAT for another detector */
export function geometryOf(path: string, master: Master, layout: DetectorLayout): RawGeometry | undefined {
  const { geometry, imageBytes } = master;
  if (geometry === undefined || imageBytes === undefined) return undefined;
  const portCount = geometry[0] * geometry[1];
  if (!layout.portCounts.includes(portCount) || imageBytes !== imageBytesOf(portCount, layout)) {
    const [one, two] = layout.portCounts;
    throw new RecordingError(
      "RECORDING_FORMAT",
      `Cannot read recording '${path}': it has ${portCount} ports with images of ${imageBytes} bytes. A ${layout.name} has ` +
        `${one} of ${imageBytesOf(one, layout)} bytes, or ${two} of ${imageBytesOf(two, layout)} with two interfaces.`,
    );
  }
  return { portCount, imageBytes, ports: geometry };
}

/**
 * Determine the number of ports from a data file: from the position of its second header, or else from its size, its
 * packets, and the number of files.
 *
 * @param highestPort  in the name of a file
 */
export async function guessGeometry(
  path: string,
  highestPort: number,
  layout: DetectorLayout,
): Promise<RawGeometry> {
  const [onePerModule, twoPerModule] = layout.portCounts;
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    const headerAt = async (position: number) => {
      const { buffer, bytesRead } = await file.read(
        new Uint8Array(RAW_HEADER_BYTES),
        0,
        RAW_HEADER_BYTES,
        position,
      );
      return bytesRead === RAW_HEADER_BYTES ? parseRawHeader(buffer) : undefined;
    };
    const first = await headerAt(0);
    const fits = async (portCount: number) => {
      const imageBytes = imageBytesOf(portCount, layout);
      const recordBytes = RAW_HEADER_BYTES + imageBytes;
      const second = await headerAt(recordBytes);
      if (first === undefined || second === undefined) return size === recordBytes;
      return isPlausible(second, imageBytes) && second.frameNumber > first.frameNumber;
    };
    const isHalf =
      highestPort >= onePerModule ||
      (await fits(twoPerModule)) ||
      (!(await fits(onePerModule)) && size < RAW_HEADER_BYTES + imageBytesOf(onePerModule, layout));
    const hasWhole = (first?.packetsCaught ?? 0) > packetsOf(imageBytesOf(twoPerModule, layout));
    const portCount = isHalf && !hasWhole ? twoPerModule : onePerModule;
    return { portCount, imageBytes: imageBytesOf(portCount, layout), ports: undefined };
  } finally {
    await file.close();
  }
}

function imageBytesOf(portCount: number, { pixels }: DetectorLayout): number {
  return (pixels * BYTES_PER_WORD) / portCount;
}
