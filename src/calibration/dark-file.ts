import { MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import {
  CONSTANTS_STAGES,
  type ConstantsFile,
  type ConstantsNotes,
  type ConstantsSink,
} from "./constants.js";
import { fileKind } from "./file-kind.js";
import { isGainFileSize } from "./gain-file.js";
import { type FindDataset, readHdf5 } from "./hdf5.js";
import { looksLikePedestals } from "./map-sample.js";
import { readPixelMask } from "./mask-file.js";
import { noteMissing } from "./missing-pixels.js";
import { type FileContent, type ModuleMaps, type ModuleSelection, moduleMaps } from "./module-maps.js";
import { adcPedestal, findPedestalOffset, PEDESTAL_KINDS } from "./pedestal-kind.js";

const STAGES = [0, 1, 2] as const;

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
 *   {@link fileKind}, {@link readHdf5} and {@link moduleMaps}
 */
export async function readDarkFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<FileContent> {
  const kind = await fileKind(file);
  if (isGainFileSize(kind.sizeBytes) && !kind.isHdf5) throw isGainFile(file.where, "It has the size of one");
  return readHdf5(file, kind, "Copy it again, or name another.", (find) => {
    const gains = find("gains");
    if (gains === undefined) return readOmDark(find, file.where, selection, to, notes);
    if (gains.shape[0] === GAIN_FILE_MAPS) throw isGainFile(file.where, "It holds maps of HG1 and HG2");
    const maps = moduleMaps(gains, selection, PSI_MAP_COUNTS);
    const g1 = maps.read(1);
    if (!looksLikePedestals(g1)) throw isGainFile(file.where, "Its values in G1 are those of one");
    return readPsiPedestals(maps, g1, find, file.where, selection, to, notes);
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
  to: ConstantsSink,
  notes: ConstantsNotes,
): FileContent {
  // All descriptions before any data: a wrong file is refused before its gigabytes are read.
  const maps = STAGES.map((stage) => {
    const dataset = find(`gain${stage}`);
    if (dataset !== undefined) return moduleMaps(dataset, selection);
    throw new CalibrationError(
      "CALIBRATION_DATASET_MISSING",
      `${where} has no dataset /gain${stage}. OM's dark files hold /gain0, /gain1 and /gain2, PSI's hold /gains.`,
    );
  });
  const offsets = STAGES.map((stage) => {
    const map = (maps[stage] as ModuleMaps).read(0);
    return givePedestals(map, stage, selection.moduleIndex, to, `${where}: /gain${stage}`, notes);
  });
  notes.info(`${where}: a dark file of OM, pedestals are ${describeKind(offsets, where, notes)}`);
  const holdsDetector = maps.some((map) => map.holdsDetector);
  return { holdsDetector };
}

function readPsiPedestals(
  maps: ModuleMaps,
  g1: ArrayLike<number>,
  find: FindDataset,
  where: string,
  selection: ModuleSelection,
  to: ConstantsSink,
  notes: ConstantsNotes,
): FileContent {
  const { moduleIndex } = selection;
  const give = (stage: 0 | 1 | 2 | 3, map: ArrayLike<number>) =>
    givePedestals(map, stage, moduleIndex, to, `${where}: /gains[${stage}]`, notes);
  const offsets = STAGES.map((stage) => give(stage, stage === 1 ? g1 : maps.read(stage)));
  notes.info(`${where}: pedestals of PSI, they are ${describeKind(offsets, where, notes)}`);
  if (maps.count > HIGH_GAIN_MAP) {
    const map = maps.read(HIGH_GAIN_MAP);
    // There is a place for it also where its darks were not recorded.
    if (!isEmpty(map)) give(HIGH_GAIN_MAP, map);
  }
  const mask = find("pixel_mask");
  if (mask !== undefined) to.addMask(moduleIndex, readPixelMask(mask, selection, notes));
  return { holdsDetector: maps.holdsDetector };
}

function isEmpty(map: ArrayLike<number>): boolean {
  for (let pixel = 0; pixel < map.length; pixel++) if (map[pixel] !== 0) return false;
  return true;
}

/**
 * Bring a map to ADC values, and pass it on.
 *
 * @param mapIndex  0 to 2 for G0 to G2, 3 for HG0
 * @returns the offset that was found, or undefined if no pixel was seen in this stage
 */
function givePedestals(
  map: ArrayLike<number>,
  mapIndex: 0 | 1 | 2 | 3,
  moduleIndex: number,
  to: ConstantsSink,
  where: string,
  notes: ConstantsNotes,
): number | undefined {
  const stage = mapIndex === HIGH_GAIN_MAP ? 0 : mapIndex;
  const name = CONSTANTS_STAGES[mapIndex];
  const offset = findPedestalOffset(map, stage);
  if (offset === undefined) {
    throw new CalibrationError(
      "CALIBRATION_PEDESTAL_KIND",
      `${where} holds neither ADC values (0 to 16383) nor words with the gain bits of G${stage}, but for example ` +
        `${map[0]}. Check that its maps are in the order of the gain stages.`,
    );
  }
  // The map is ours: most files hold float32, and then no second one is needed.
  const pedestals = map instanceof Float32Array ? map : new Float32Array(MODULE_PIXELS);
  let usable = 0;
  for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
    const pedestal = adcPedestal(map[pixel] as number, offset);
    pedestals[pixel] = pedestal;
    if (!Number.isNaN(pedestal)) usable++;
  }
  if (stage === 0 && usable === 0) {
    throw new CalibrationError(
      "CALIBRATION_NO_CONSTANTS",
      `${where} holds no pedestal. Record darks in all gain stages.`,
    );
  }
  noteMissing(MODULE_PIXELS - usable, `pedestal in ${name.toUpperCase()}`, where, notes);
  to.setPedestals(moduleIndex, name, pedestals);
  return usable === 0 ? undefined : offset;
}

function describeKind(
  offsets: readonly (number | undefined)[],
  where: string,
  notes: ConstantsNotes,
): string {
  const kind = PEDESTAL_KINDS.find((candidate) =>
    candidate.offsets.every((offset, stage) => offsets[stage] === undefined || offset === offsets[stage]),
  );
  if (kind !== undefined) return kind.name;
  notes.warn(`${where} mixes pedestals of different kinds. Was it put together from several files?`);
  return `of mixed kinds: offsets ${offsets.join(", ")} ADU in G0, G1, G2`;
}
