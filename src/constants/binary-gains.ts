import { GAIN_STAGES, MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import { withRegularFile } from "../files/index.js";
import { binaryArray } from "./binary-array.js";
import type { ConstantsFile } from "./constants.js";
import { type InspectedFile, wrongFormat } from "./file-inspection.js";
import type { NumberArray } from "./number-array.js";

const MAP_BYTES = MODULE_PIXELS * Float64Array.BYTES_PER_ELEMENT;
const THREE_MAPS_SIZE_BYTES = GAIN_STAGES * MAP_BYTES;
/** The fourth map is that of high gain (HG0). */
const FOUR_MAPS_SIZE_BYTES = THREE_MAPS_SIZE_BYTES + MAP_BYTES;

/** Whether a file of this size can be a `.bin` of gains. */
export function isGainFileSize(sizeBytes: number): boolean {
  return sizeBytes === THREE_MAPS_SIZE_BYTES || sizeBytes === FOUR_MAPS_SIZE_BYTES;
}

/**
 * Open PSI's `.bin` of one module's gains, float64, [3 or 4, 512, 1024], let `use` read from it, and close it. PSI writes
 * little-endian; big-endian files are recognised.
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT, CALIBRATION_SHAPE, and what `use` throws
 */
export function readBinaryGains<T>(
  { path, where }: ConstantsFile,
  { sizeBytes, format }: InspectedFile,
  use: (gains: NumberArray, isLittleEndian: boolean) => T,
): T {
  // The size is checked first, so that a wrong file is refused before gigabytes are read.
  if (!isGainFileSize(sizeBytes)) {
    if (format !== undefined) {
      throw wrongFormat(where, format, "Gain files are .bin of float64, HDF5 or .npy.");
    }
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} holds ${sizeBytes} bytes, but a module needs ${THREE_MAPS_SIZE_BYTES}, or ${FOUR_MAPS_SIZE_BYTES} with high ` +
        "gain. Copy the file again, or name another.",
    );
  }
  const shape = [sizeBytes / MAP_BYTES, MODULE_ROWS, MODULE_COLUMNS];
  return withRegularFile(path, ({ descriptor }) => {
    const inOrder = (isLittleEndian: boolean) =>
      binaryArray(descriptor, where, { firstByte: 0, shape, format: { type: "f8", isLittleEndian } });
    const isLittleEndian =
      plausibleShare(firstMap(inOrder(true))) > 0.5 || plausibleShare(firstMap(inOrder(false))) < 0.9;
    return use(inOrder(isLittleEndian), isLittleEndian);
  });
}

function firstMap(gains: NumberArray): ArrayLike<number> {
  return gains.read([
    [0, 1],
    [0, MODULE_ROWS],
    [0, MODULE_COLUMNS],
  ]);
}

/** Share of a map's values that a gain of any stage may have, in ADU/keV or another unit. */
function plausibleShare(map: ArrayLike<number>): number {
  let plausible = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const size = Math.abs(map[pixel] as number);
    if (size > 1e-5 && size < 1e5) plausible += 1;
  }
  return plausible / map.length;
}
