import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsNotes } from "./constants.js";

/**
 * Check that two dark files, which have been read, are of two modules.
 *
 * @param samples  of the pedestals that they gave for G0, by module
 * @throws {CalibrationError} CALIBRATION_EXCHANGED
 */
export async function checkModulesDiffer(
  [first, second]: readonly ConstantsFile[],
  [top, bottom]: readonly Float32Array[],
): Promise<void> {
  if (first === undefined || second === undefined || top === undefined || bottom === undefined) return;
  const isSameFile = (await realpath(first.path)) === (await realpath(second.path));
  if (isSameFile || (areEqual(top, bottom) && !isFlat(top))) {
    throw new CalibrationError(
      "CALIBRATION_EXCHANGED",
      `${second.where} ${isSameFile ? "is the same file as" : "holds the same pedestals as"} ${first.where}. Name one a ` +
        "module, top module first.",
    );
  }
}

/** Say so if two gain files, which have been read and hold a module each, are one. */
export function warnOfSameFile([first, second]: readonly ConstantsFile[], notes: ConstantsNotes): void {
  if (first === undefined || second === undefined || first.path !== second.path) return;
  notes.warn(`${second.where} is the file of the other module too. Name one a module.`);
}

/** What a module is called in a file's name, such as 1 in `dark_m1.h5`, or 49 in `gainMaps_M049.bin`. */
const MODULE_NUMBER = /(?:^|[^a-z0-9])(?:m|mod|module)[_-]?0*(\d{1,3})(?![0-9])/i;

/**
 * Compare the modules' numbers in the names of dark and gain files, where they have some.
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED if dark and gain files name the same modules, in other orders
 */
export function checkModuleNames({ dark, gain }: ConstantsFiles, notes: ConstantsNotes): void {
  for (const files of [dark, gain]) warnOfSameNumber(files, notes);
  const [dark0, dark1] = dark.map(moduleNumber);
  const [gain0, gain1] = gain.map(moduleNumber);
  if (dark0 === undefined || dark1 === undefined || dark0 === dark1) return;
  if (dark0 !== gain1 || dark1 !== gain0) return;
  throw new CalibrationError(
    "CALIBRATION_EXCHANGED",
    `${dark[0]?.where} is of module ${dark0}, but ${gain[0]?.where} of module ${gain0}. Name both in the same order, top ` +
      "module first.",
  );
}

function warnOfSameNumber([first, second]: readonly ConstantsFile[], notes: ConstantsNotes): void {
  if (first === undefined || second === undefined || first.path === second.path) return;
  const number = moduleNumber(first);
  if (number === undefined || number !== moduleNumber(second)) return;
  notes.warn(`${first.where} and ${second.where} are both called module ${number}. Name one a module.`);
}

function moduleNumber({ path }: ConstantsFile): number | undefined {
  const match = MODULE_NUMBER.exec(basename(path));
  return match === null ? undefined : Number(match[1]);
}

function areEqual(map: Float32Array, other: Float32Array): boolean {
  return map.every((pedestal, pixel) => Object.is(pedestal, other[pixel]));
}

/** Whether a map is made up: no two pixels of a detector have the same pedestals throughout. */
function isFlat(map: Float32Array): boolean {
  return map.every((pedestal) => Object.is(pedestal, map[0]));
}
