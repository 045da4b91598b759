import { open, readFile } from "node:fs/promises";
import { GAIN_STAGES, MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import { type ConstantsFile, type ConstantsNotes, isUsableGain } from "./constants.js";
import { fileSizeBytes } from "./file-size.js";

const MAP_SIZE_BYTES = MODULE_PIXELS * Float64Array.BYTES_PER_ELEMENT;
const THREE_MAPS_SIZE_BYTES = GAIN_STAGES * MAP_SIZE_BYTES;
/** The fourth map is that of high gain (HG0). */
const FOUR_MAPS_SIZE_BYTES = THREE_MAPS_SIZE_BYTES + MAP_SIZE_BYTES;

/**
 * Read the gains of one module from a file of PSI: little-endian float64, [3 or 4, 512, 1024], stages G0 G1 G2 (HG0).
 *
 * @returns ADU/keV, [3, 512, 1024]; NaN where a pixel has no usable gain
 * @throws {CalibrationError} CALIBRATION_FILE_NOT_READABLE, CALIBRATION_SHAPE, CALIBRATION_NO_CONSTANTS
 */
export async function readGainFile(
  { path, where }: ConstantsFile,
  note: ConstantsNotes,
): Promise<Float64Array> {
  const bytes = await readChecked(path, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, THREE_MAPS_SIZE_BYTES);
  const gains = new Float64Array(GAIN_STAGES * MODULE_PIXELS);
  for (let stage = 0; stage < GAIN_STAGES; stage++) {
    let unusable = 0;
    for (let i = stage * MODULE_PIXELS; i < (stage + 1) * MODULE_PIXELS; i++) {
      const gain = view.getFloat64(i * Float64Array.BYTES_PER_ELEMENT, true);
      gains[i] = isUsableGain(gain) ? gain : Number.NaN;
      if (Number.isNaN(gains[i])) unusable++;
    }
    if (unusable === MODULE_PIXELS) {
      throw new CalibrationError(
        "CALIBRATION_NO_CONSTANTS",
        `${where} holds no usable gain in G${stage}. Gains are little-endian float64 in ADU/keV.`,
      );
    }
    if (unusable > 0) note(`${where}: ${unusable} pixels have no usable gain in G${stage}`);
  }
  if (bytes.length === FOUR_MAPS_SIZE_BYTES) note(`${where}: the fourth map (high gain, HG0) is not used`);
  return gains;
}

/** The size is checked first: a wrong file is refused before its gigabytes are read. */
async function readChecked(path: string, where: string): Promise<Buffer> {
  const sizeBytes = await fileSizeBytes(path, where);
  if (!isGainFileSize(sizeBytes)) {
    const mend = (await isHdf5(path))
      ? "It is an HDF5 file: are dark and gain files exchanged?"
      : "Copy the file again, or name another.";
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} holds ${sizeBytes} bytes, a module needs ${THREE_MAPS_SIZE_BYTES} (or ${FOUR_MAPS_SIZE_BYTES} with ` +
        `high gain). ${mend}`,
    );
  }
  return readFile(path);
}

const HDF5_SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

async function isHdf5(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(HDF5_SIGNATURE.length) });
    return buffer.equals(HDF5_SIGNATURE);
  } finally {
    await file.close();
  }
}

/** Whether a file of this size can be a gain file. */
export function isGainFileSize(sizeBytes: number): boolean {
  return sizeBytes === THREE_MAPS_SIZE_BYTES || sizeBytes === FOUR_MAPS_SIZE_BYTES;
}
