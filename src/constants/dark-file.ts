import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsNotes, ConstantsSink } from "./constants.js";
import { inspectFile } from "./file-inspection.js";
import { isGainFileSize } from "./gain-file.js";
import { type FindDataset, readHdf5 } from "./hdf5.js";
import { looksLikePedestals } from "./map-sample.js";
import { readPixelMask } from "./mask-file.js";
import { type FileContent, type ModuleMaps, type ModuleSelection, moduleMaps } from "./module-maps.js";
import { PedestalWriter } from "./pedestal-writer.js";

const STAGES = ["g0", "g1", "g2"] as const;
const HIGH_GAIN_MAP = 3;

/** PSI's files of pedestals hold maps of G0, G1, G2, and perhaps of HG0. */
const PSI_MAP_COUNTS = [3, 4];
/** So many maps has only a file of gains. */
const GAIN_FILE_MAPS = 6;

/**
 * Read the pedestals of one module, and the mask that comes with them if there is one.
 *
 * Either a file of OM's dark tool: /gain0, /gain1, /gain2, [512, 1024]. Or one of PSI: /gains [3 or 4, rows, 1024] and
 * /pixel_mask [rows, 1024]; these hold /gain0 … too, so what has /gains is of PSI.
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED, _DATASET_MISSING, _PEDESTAL_KIND, _NO_CONSTANTS, and those of
 *   {@link inspectFile}, {@link readHdf5} and {@link moduleMaps}
 */
export async function readDarkFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  const kind = await inspectFile(file);
  if (isGainFileSize(kind.sizeBytes) && !kind.isHdf5) throw isGainFile(file.where, "It has the size of one");
  return readHdf5(file, kind, "Copy it again, or name another.", (find) => {
    const writer = new PedestalWriter(to, selection.moduleIndex, file.where, notes);
    const gains = find("gains");
    if (gains === undefined) return readOmDark(find, file.where, selection, writer, notes);
    if (gains.shape[0] === GAIN_FILE_MAPS) throw isGainFile(file.where, "It holds maps of HG1 and HG2");
    const maps = moduleMaps(gains, selection, PSI_MAP_COUNTS);
    const g1 = maps.read(1);
    if (!looksLikePedestals(g1)) throw isGainFile(file.where, "Its values in G1 are those of one");
    readPsiPedestals(maps, g1, file.where, writer, notes);
    const mask = find("pixel_mask");
    if (mask !== undefined) to.addMask(selection.moduleIndex, readPixelMask(mask, selection, notes));
    return { holdsDetector: maps.holdsDetector };
  });
}

function isGainFile(where: string, why: string): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_EXCHANGED",
    `${where} is a gain file, not a dark file. ${why}. Exchange the names of dark and gain files.`,
  );
}

function readOmDark(
  find: FindDataset,
  where: string,
  selection: ModuleSelection,
  writer: PedestalWriter,
  notes: ConstantsNotes,
): FileContent {
  // All descriptions before any data: a wrong file is refused before its gigabytes are read.
  const maps = STAGES.map((_, index) => {
    const dataset = find(`gain${index}`);
    if (dataset !== undefined) return moduleMaps(dataset, selection);
    throw new CalibrationError(
      "CALIBRATION_DATASET_MISSING",
      `${where} has no dataset /gain${index}. OM's dark files hold /gain0, /gain1 and /gain2, PSI's hold /gains.`,
    );
  });
  for (const [index, stage] of STAGES.entries()) {
    writer.write((maps[index] as ModuleMaps).read(0), stage, `/gain${index}`);
  }
  notes.info(`${where}: a dark file of OM, pedestals are ${writer.describeKind()}`);
  return { holdsDetector: maps.some(({ holdsDetector }) => holdsDetector) };
}

function readPsiPedestals(
  maps: ModuleMaps,
  g1: ArrayLike<number>,
  where: string,
  writer: PedestalWriter,
  notes: ConstantsNotes,
): void {
  for (const [index, stage] of STAGES.entries()) {
    writer.write(index === 1 ? g1 : maps.read(index), stage, `/gains[${index}]`);
  }
  notes.info(`${where}: pedestals of PSI, they are ${writer.describeKind()}`);
  if (maps.count <= HIGH_GAIN_MAP) return;
  const map = maps.read(HIGH_GAIN_MAP);
  // There is a place for it also where its darks were not recorded.
  if (!isEmpty(map)) writer.write(map, "hg0", `/gains[${HIGH_GAIN_MAP}]`);
}

function isEmpty(map: ArrayLike<number>): boolean {
  for (let pixel = 0; pixel < map.length; pixel++) if (map[pixel] !== 0) return false;
  return true;
}
