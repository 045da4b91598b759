import { MODULE_COLUMNS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import { readBinaryGains } from "./binary-gains.js";
import type { ConstantsFile, ConstantsNotes, ConstantsSink } from "./constants.js";
import { inspectFile } from "./file-inspection.js";
import { GainWriter } from "./gain-writer.js";
import { readHdf5 } from "./hdf5.js";
import { type FileContent, type ModuleSelection, moduleMaps } from "./module-maps.js";
import { readNpy } from "./npy.js";
import type { NumberArray } from "./number-array.js";
import { holdPedestals } from "./pedestals-or-gains.js";

/** G0, G1, G2; with HG0. */
const MAP_COUNTS = [3, 4];
/** In HDF5 also with HG0, HG1, HG2. */
const HDF5_MAP_COUNTS = [...MAP_COUNTS, 6];
const USED_MAPS = 4;

/**
 * Read the gains of one module, in ADU/keV: PSI's `.bin`, PSI's HDF5 with /gains, [3, 4 or 6, rows, 1024], or `.npy`, [3 or 4,
 * rows, 1024]. Stages G0 G1 G2 (HG0 (HG1 HG2)).
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED, _FORMAT, _VALUES, and those of {@link inspectFile}, {@link readBinaryGains},
 *   {@link readHdf5}, {@link readNpy} and {@link moduleMaps}
 */
export async function readGainFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  const { where } = file;
  const inspected = inspectFile(file);
  const read = (gains: NumberArray, form: string, mapCounts = MAP_COUNTS): FileContent => {
    const maps = moduleMaps(gains, selection, mapCounts);
    if (holdPedestals(maps)) throw isDarkFile(where);
    const writer = new GainWriter(to, selection.moduleIndex, where, notes);
    for (let index = 0; index < Math.min(maps.count, USED_MAPS); index++)
      writer.write(maps.read(index), index);
    writer.finish();
    notes.info(`${where}: ${form}, ${maps.count} maps`);
    if (maps.count > USED_MAPS) {
      notes.info(
        `${where}: the maps of HG1 and HG2 are not used: the maps of G1 and G2 also apply in high gain`,
      );
    }
    return { holdsDetector: maps.holdsDetector };
  };
  if (inspected.format === "npy")
    return readNpy(file, inspected.sizeBytes, (gains) => read(gains, "gains in numpy's format"));
  if (inspected.format !== "hdf5") {
    return readBinaryGains(file, inspected, (gains, isLittleEndian) =>
      read(gains, isLittleEndian ? "PSI gains" : "gains, big-endian"),
    );
  }
  return readHdf5(file, (find) => {
    const gains = find("gains");
    if (gains !== undefined) return read(gains, "PSI gains in HDF5", HDF5_MAP_COUNTS);
    if (find("gain0") !== undefined) throw isDarkFile(where);
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} has no dataset /gains. Gain files in HDF5 hold /gains, [3, 4 or 6, rows, ${MODULE_COLUMNS}].`,
    );
  });
}

function isDarkFile(where: string): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_EXCHANGED",
    `${where} is a dark file, not a gain file. Swap the names of the dark and gain files.`,
  );
}
