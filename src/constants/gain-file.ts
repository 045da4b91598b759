import { open } from "node:fs/promises";
import { endianness } from "node:os";
import { GAIN_STAGES, MODULE_COLUMNS, MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsNotes, ConstantsSink } from "./constants.js";
import { inspectFile } from "./file-inspection.js";
import { GainWriter, isDarkFile } from "./gain-writer.js";
import { readHdf5 } from "./hdf5.js";
import { type FileContent, type ModuleSelection, moduleMaps } from "./module-maps.js";

const FLOAT64_BYTES = Float64Array.BYTES_PER_ELEMENT;
const THREE_MAPS_SIZE_BYTES = GAIN_STAGES * MODULE_PIXELS * FLOAT64_BYTES;
/** The fourth map is that of high gain (HG0). */
const FOUR_MAPS_SIZE_BYTES = THREE_MAPS_SIZE_BYTES + MODULE_PIXELS * FLOAT64_BYTES;

/** G0, G1, G2; with HG0; with HG0, HG1, HG2. */
const HDF5_MAP_COUNTS = [3, 4, 6];

/**
 * Read the gains of one module, in ADU/keV, from a file of PSI: little-endian float64, [3 or 4, 512, 1024], and nothing else; or HDF5
 * with /gains, [3, 4 or 6, rows, 1024]. Stages G0 G1 G2 (HG0 (HG1 HG2)).
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED, _DATASET_MISSING, _SIZE, _BYTE_ORDER, _NO_CONSTANTS, and those of
 *   {@link inspectFile}, {@link readHdf5} and {@link moduleMaps}
 */
export async function readGainFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  const kind = await inspectFile(file);
  if (!kind.isHdf5) return readBinaryGains(file, kind.sizeBytes, selection, to, notes);
  return readHdf5(file, kind, "", (find) => {
    const dataset = find("gains");
    if (dataset !== undefined) {
      const maps = moduleMaps(dataset, selection, HDF5_MAP_COUNTS);
      const writer = new GainWriter(to, selection.moduleIndex, file.where, notes);
      for (let index = 0; index < Math.min(maps.count, 4); index++) writer.write(maps.read(index), index);
      notes.info(`${file.where}: gains of PSI in HDF5, ${maps.count} maps`);
      if (maps.count === 6) {
        notes.info(`${file.where}: the maps of HG1 and HG2 are not used: G1 and G2 serve in high gain too`);
      }
      return { holdsDetector: maps.holdsDetector };
    }
    if (find("gain0") !== undefined) throw isDarkFile(file.where);
    throw new CalibrationError(
      "CALIBRATION_DATASET_MISSING",
      `${file.where} has no dataset /gains. Gain files in HDF5 hold /gains, [3, 4 or 6, rows, ${MODULE_COLUMNS}].`,
    );
  });
}

async function readBinaryGains(
  { path, where }: ConstantsFile,
  sizeBytes: number,
  { layout, moduleIndex, isOnlyFile }: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  // The size comes first: a wrong file is refused before its gigabytes are read.
  if (!isGainFileSize(sizeBytes)) throw wrongSize(where, sizeBytes);
  if (isOnlyFile) {
    throw new CalibrationError(
      "CALIBRATION_FILE_COUNT",
      `${where} holds one module, the detector has ${layout.modules}. Name one file a module, top module first.`,
    );
  }
  const mapCount = sizeBytes === FOUR_MAPS_SIZE_BYTES ? 4 : 3;
  const writer = new GainWriter(to, moduleIndex, where, notes);
  const map = new Float64Array(MODULE_PIXELS);
  const bytes = Buffer.from(map.buffer);
  const file = await open(path);
  try {
    for (let index = 0; index < mapCount; index++) {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, index * bytes.length);
      if (bytesRead < bytes.length) throw wrongSize(where, index * bytes.length + bytesRead);
      if (endianness() === "BE") bytes.swap64();
      if (index === 0) checkByteOrder(map, where);
      writer.write(map, index);
    }
  } finally {
    await file.close();
  }
  notes.info(`${where}: gains of PSI, ${mapCount} maps`);
  return { holdsDetector: false };
}

function wrongSize(where: string, sizeBytes: number): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_SIZE",
    `${where} holds ${sizeBytes} bytes, a module needs ${THREE_MAPS_SIZE_BYTES}, or ${FOUR_MAPS_SIZE_BYTES} with high ` +
      "gain. Copy the file again, or name another.",
  );
}

function checkByteOrder(map: Float64Array, where: string): void {
  if (plausibleShare(map) > 0.5) return;
  const swapped = map.slice();
  Buffer.from(swapped.buffer).swap64();
  if (plausibleShare(swapped) < 0.9) return;
  throw new CalibrationError(
    "CALIBRATION_BYTE_ORDER",
    `${where} holds big-endian numbers. Write it again with little-endian float64.`,
  );
}

/** Share of a map's values that a gain of any stage may have, in ADU/keV. */
function plausibleShare(map: Float64Array): number {
  let plausible = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const size = Math.abs(map[pixel] as number);
    if (size > 1e-4 && size < 1e4) plausible += 1;
  }
  return plausible / map.length;
}

/** Whether a file of this size can be a gain file that is not HDF5. */
export function isGainFileSize(sizeBytes: number): boolean {
  return sizeBytes === THREE_MAPS_SIZE_BYTES || sizeBytes === FOUR_MAPS_SIZE_BYTES;
}
