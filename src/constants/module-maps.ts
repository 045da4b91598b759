import { type DetectorLayout, MODULE_COLUMNS, MODULE_ROWS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { NumberArray } from "./number-array.js";

/** The module to read, and how files are assigned to modules. */
export interface ModuleSelection {
  readonly layout: DetectorLayout;
  readonly moduleIndex: number;
  /** Whether only one file is named, which must then hold all modules. */
  readonly isOnlyFile: boolean;
}

/** What a reader found out about a file, besides its maps. */
export interface FileContent {
  /** Whether the file holds all modules. */
  readonly holdsDetector: boolean;
}

/** Maps of one module, read one at a time. */
export interface ModuleMaps {
  readonly count: number;
  /** Whether the file holds all modules. */
  readonly holdsDetector: boolean;
  /** @returns [512, 1024] */
  read(index: number): ArrayLike<number>;
}

/**
 * The maps of one module in an array of one map, [rows, 1024], or of several, [maps, rows, 1024], with the rows of one
 * module or of all modules.
 *
 * @param mapCounts  allowed numbers of maps; undefined for an array of one map
 * @throws {CalibrationError} CALIBRATION_SHAPE, CALIBRATION_FILE_COUNT
 */
export function moduleMaps(
  array: NumberArray,
  { layout, moduleIndex, isOnlyFile }: ModuleSelection,
  mapCounts?: readonly number[],
): ModuleMaps {
  const { shape, where } = array;
  const [rows, columns] = shape.slice(-2);
  const dimensions = mapCounts === undefined ? 2 : 3;
  const rowsFit = rows === MODULE_ROWS || rows === layout.rows;
  if (shape.length !== dimensions || !rowsFit || columns !== MODULE_COLUMNS) {
    const maps = mapCounts === undefined ? "" : "maps, ";
    const advice =
      rowsFit && shape.length === 2 ? "Stack the maps of the gain stages" : "Name the files of a JUNGFRAU 1M";
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} has shape [${shape.join(", ")}], but [${maps}${MODULE_ROWS}, ${MODULE_COLUMNS}] is needed for one module, or ` +
        `[${maps}${layout.rows}, ${layout.columns}] for all modules. ${advice}.`,
    );
  }
  const count = dimensions === 2 ? 1 : (shape[0] as number);
  if (mapCounts !== undefined && !mapCounts.includes(count)) {
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} holds ${count} maps, but ${mapCounts.join(" or ")} are needed: G0, G1, G2, then those of high gain. ` +
        "Name a file with a map for each gain stage.",
    );
  }
  const holdsDetector = rows === layout.rows;
  if (isOnlyFile && !holdsDetector) {
    throw new CalibrationError(
      "CALIBRATION_FILE_COUNT",
      `${where} holds one module, but the detector has ${layout.modules}. Name one file per module, top module first.`,
    );
  }
  const firstRow = holdsDetector ? (layout.places[moduleIndex]?.firstRow ?? 0) : 0;
  const place = [
    [firstRow, firstRow + MODULE_ROWS],
    [0, MODULE_COLUMNS],
  ] as const;
  return {
    count,
    holdsDetector,
    read: (index) => array.read(dimensions === 2 ? place : [[index, index + 1], ...place]),
  };
}
