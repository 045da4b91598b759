import { DETECTOR_ROWS, MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsNotes } from "./constants.js";
import type { Hdf5Dataset } from "./hdf5.js";
import { USUAL_MISSING_SHARE } from "./usual-constants.js";

/** Where a module's part of a file is. */
export interface ModuleSelection {
  readonly moduleIndex: number;
  /** Whether one file is named for all modules, so that it has to hold them all. */
  readonly isOnlyFile: boolean;
}

/** What a constants file turned out to hold, besides what a reader passed on. */
export interface FileContent {
  /** The other module too. */
  readonly holdsDetector: boolean;
}

/** Maps of one module, read one at a time. */
export interface ModuleMaps {
  readonly count: number;
  /** Whether the file holds the other module too. */
  readonly holdsDetector: boolean;
  /** @returns [512, 1024] */
  read(index: number): ArrayLike<number>;
}

/**
 * The maps of one module in a dataset of one map, [rows, 1024], or of several, [maps, rows, 1024], with the rows of one
 * module or of both.
 *
 * @param mapCounts  how many maps there may be; undefined for a dataset that is a single one
 * @throws {CalibrationError} CALIBRATION_SHAPE, CALIBRATION_MAP_COUNT, CALIBRATION_FILE_COUNT
 */
export function moduleMaps(
  dataset: Hdf5Dataset,
  { moduleIndex, isOnlyFile }: ModuleSelection,
  mapCounts?: readonly number[],
): ModuleMaps {
  const { shape, where } = dataset;
  const [rows, columns] = shape.slice(-2);
  const dimensions = mapCounts === undefined ? 2 : 3;
  const rowsFit = rows === MODULE_ROWS || rows === DETECTOR_ROWS;
  if (shape.length !== dimensions || !rowsFit || columns !== MODULE_COLUMNS) {
    const maps = mapCounts === undefined ? "" : "maps, ";
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} is [${shape.join(", ")}], a module needs [${maps}${MODULE_ROWS}, ${MODULE_COLUMNS}], both need ` +
        `[${maps}${DETECTOR_ROWS}, ${MODULE_COLUMNS}]. Name the files of a JUNGFRAU 1M.`,
    );
  }
  const count = dimensions === 2 ? 1 : (shape[0] as number);
  if (mapCounts !== undefined && !mapCounts.includes(count)) {
    throw new CalibrationError(
      "CALIBRATION_MAP_COUNT",
      `${where} holds ${count} maps, it needs ${mapCounts.join(" or ")}: G0, G1, G2 and then those of high gain. ` +
        "Name a file with a map for each gain stage.",
    );
  }
  const holdsDetector = rows === DETECTOR_ROWS;
  if (isOnlyFile && !holdsDetector) {
    throw new CalibrationError(
      "CALIBRATION_FILE_COUNT",
      `${where} holds one module, the detector has two. Name one file a module, top module first.`,
    );
  }
  const firstRow = holdsDetector ? moduleIndex * MODULE_ROWS : 0;
  const place = [
    [firstRow, firstRow + MODULE_ROWS],
    [0, MODULE_COLUMNS],
  ] as const;
  return {
    count,
    holdsDetector,
    read: (index) => dataset.read(dimensions === 2 ? place : [[index, index + 1], ...place]),
  };
}

/** How many pixels of a module, for messages: `1048 pixels (0.2 %)`. */
export function pixelsText(count: number): string {
  return `${count} pixels (${Number(((100 * count) / MODULE_PIXELS).toPrecision(3))} %)`;
}

/** Say how many pixels of a module lack a constant; more than a few are worth a warning. */
export function noteMissing(count: number, what: string, where: string, notes: ConstantsNotes): void {
  if (count === 0) return;
  const note = `${where}: ${pixelsText(count)} have no ${what}`;
  if (count > USUAL_MISSING_SHARE * MODULE_PIXELS) notes.warn(`${note}. Is it the right file?`);
  else notes.info(note);
}

/** Every so many pixels are enough to see what a map is like, or to tell it from another. */
const SAMPLE_STEP = 61;

/** Some values of a map. */
export function sampleOf(map: ArrayLike<number>): Float32Array {
  const sample = new Float32Array(Math.ceil(map.length / SAMPLE_STEP));
  for (let index = 0; index < sample.length; index++) sample[index] = map[index * SAMPLE_STEP] as number;
  return sample;
}

/** What most values of a map of G1 come to, whatever their sign: about 1.4 for gains, about 13500 for pedestals. */
const PEDESTALS_ABOVE = 100;

/** Whether a map of G1 holds pedestals (thousands of ADU) rather than gains (about -1.4 ADU/keV). */
export function looksLikePedestals(map: ArrayLike<number>): boolean {
  let seen = 0;
  let large = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const size = Math.abs(map[pixel] as number);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    seen += 1;
    if (size > PEDESTALS_ABOVE) large += 1;
  }
  return large > seen / 2;
}
