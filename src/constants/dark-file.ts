import { CalibrationError, isMonitorError } from "../errors.js";
import { isGainFileSize } from "./binary-gains.js";
import {
  CONSTANTS_STAGES,
  type ConstantsFile,
  type ConstantsNotes,
  type ConstantsSink,
  type DarkRecord,
} from "./constants.js";
import { inspectFile, wrongFormat } from "./file-inspection.js";
import { type FindArray, type FindAttribute, readHdf5 } from "./hdf5.js";
import { readPixelMask } from "./mask-file.js";
import { type FileContent, type ModuleMaps, type ModuleSelection, moduleMaps } from "./module-maps.js";
import { readNpy } from "./npy.js";
import type { NumberArray } from "./number-array.js";
import { PedestalWriter } from "./pedestal-writer.js";
import { holdPedestals } from "./pedestals-or-gains.js";

const OM_STAGES = ["g0", "g1", "g2"] as const;

/** Maps of G0, G1, G2, and perhaps of HG0. */
const MAP_COUNTS = [3, 4];
/** Only gain files have this many maps. */
const GAIN_FILE_MAPS = 6;

/**
 * Read the pedestals of one module, and the mask that comes with them if there is one.
 *
 * A file of OM's dark tool: /gain0, /gain1, /gain2, [512, 1024]. Or one of PSI: /gains [3 or 4, rows, 1024] and /pixel_mask
 * [rows, 1024], and perhaps /gainsRMS; these may hold /gain0 … too, so a file with /gains counts as PSI's. Or `.npy`, [3 or 4, rows, 1024].
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED, _FORMAT, _VALUES, and those of {@link inspectFile}, {@link readHdf5},
 *   {@link readNpy} and {@link moduleMaps}
 */
export async function readDarkFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  const { where } = file;
  const { format, sizeBytes, writtenSeconds } = inspectFile(file);
  const writer = new PedestalWriter(to, selection.moduleIndex, where, notes);
  if (format === "npy") {
    return readNpy(file, sizeBytes, (array) => {
      const maps = stageMaps(array, where, selection);
      writeStages(maps, (index) => `map ${index}`, writer);
      notes.info(`${where}: pedestals in numpy's format, ${writer.finish()}`);
      notes.recorded?.({ recordedSeconds: writtenSeconds, exposureTicks: undefined }, file);
      return maps;
    });
  }
  if (format !== "hdf5") {
    if (isGainFileSize(sizeBytes)) throw isGainFile(where, "It has the size of a gain file");
    throw wrongFormat(where, format, "Dark files are HDF5 or .npy.");
  }
  return readHdf5(file, (find, attribute) => {
    notes.recorded?.(recordOf(attribute, writtenSeconds), file);
    const gains = find("gains");
    if (gains === undefined) return readOmDark(find, where, selection, writer, notes);
    const maps = stageMaps(gains, where, selection);
    writeStages(maps, (index) => `/gains[${index}]`, writer);
    notes.info(`${where}: PSI pedestals, ${writer.finish()}`);
    if (to.setNoise !== undefined) readNoise(find, selection, to.setNoise, where, notes);
    const mask = find("pixel_mask");
    if (mask !== undefined) to.addMask(selection.moduleIndex, readPixelMask(mask, selection, notes));
    return maps;
  });
}

function recordOf(attribute: FindAttribute, writtenSeconds: number): DarkRecord {
  const createdMs = Date.parse(String(attribute("created")));
  const exposure = Number(attribute("exposure_time"));
  return {
    recordedSeconds: Number.isNaN(createdMs) ? writtenSeconds : createdMs / 1000,
    exposureTicks: exposure > 0 ? exposure : undefined,
  };
}

/** One map per gain stage. @throws {CalibrationError} CALIBRATION_EXCHANGED if they are gains */
function stageMaps(array: NumberArray, where: string, selection: ModuleSelection): ModuleMaps {
  if (array.shape[0] === GAIN_FILE_MAPS) throw isGainFile(where, "It holds maps of HG1 and HG2");
  const maps = moduleMaps(array, selection, MAP_COUNTS);
  if (holdPedestals(maps) === false) throw isGainFile(where, "Its values are those of a gain file");
  return maps;
}

function writeStages(maps: ModuleMaps, nameOf: (index: number) => string, writer: PedestalWriter): void {
  for (const [index, stage] of CONSTANTS_STAGES.slice(0, maps.count).entries()) {
    writer.write(maps.read(index), stage, nameOf(index));
  }
}

/** Noise of the stages whose pedestals can follow the frames. A map without positive values was never measured. */
function readNoise(
  find: FindArray,
  selection: ModuleSelection,
  setNoise: NonNullable<ConstantsSink["setNoise"]>,
  where: string,
  notes: ConstantsNotes,
): void {
  try {
    const noise = find("gainsRMS");
    if (noise === undefined) return;
    const maps = moduleMaps(noise, selection, MAP_COUNTS);
    for (const [index, stage] of CONSTANTS_STAGES.slice(0, maps.count).entries()) {
      if (stage !== "g0" && stage !== "hg0") continue;
      const rms = maps.read(index);
      if (Array.prototype.some.call(rms, (value: number) => value > 0))
        setNoise(selection.moduleIndex, stage, rms);
    }
  } catch (error) {
    if (!isMonitorError(error)) throw error;
    // Frames can be calibrated without the noise.
    notes.warn(`${where}: /gainsRMS is not used; the noise is measured from the frames: ${error.message}`);
  }
}

function readOmDark(
  find: FindArray,
  where: string,
  selection: ModuleSelection,
  writer: PedestalWriter,
  notes: ConstantsNotes,
): FileContent {
  // All descriptions before any data: a wrong file is refused before its gigabytes are read.
  const maps = OM_STAGES.map((_, index) => {
    const array = find(`gain${index}`);
    if (array !== undefined) return moduleMaps(array, selection);
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} has no dataset /gain${index}. OM's dark files hold /gain0, /gain1 and /gain2; PSI's hold /gains.`,
    );
  });
  for (const [index, stage] of OM_STAGES.entries()) {
    writer.write((maps[index] as ModuleMaps).read(0), stage, `/gain${index}`);
  }
  notes.info(`${where}: OM dark file, ${writer.finish()}`);
  return { holdsDetector: maps.some(({ holdsDetector }) => holdsDetector) };
}

function isGainFile(where: string, why: string): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_EXCHANGED",
    `${where} is a gain file, not a dark file. ${why}. Swap the names of the dark and gain files.`,
  );
}
