import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsNotes } from "./constants.js";

/** A module's file, and a sample of its pedestals in G0. */
interface SampledFile {
  readonly file: ConstantsFile;
  readonly sample: Float32Array | undefined;
}

/**
 * Check that dark files belong to different modules.
 *
 * @param samples  of the files' pedestals in G0, by module
 * @throws {CalibrationError} CALIBRATION_EXCHANGED
 */
export async function checkModulesDiffer(
  files: readonly ConstantsFile[],
  samples: readonly Float32Array[],
): Promise<void> {
  const sampled = files.map((file, moduleIndex) => ({ file, sample: samples[moduleIndex] }));
  for (const [one, other] of everyTwo(sampled)) await checkDiffer(one, other);
}

async function checkDiffer(one: SampledFile, other: SampledFile): Promise<void> {
  if (one.sample === undefined || other.sample === undefined) return;
  const isSameFile = (await realpath(one.file.path)) === (await realpath(other.file.path));
  if (isSameFile || (areEqual(one.sample, other.sample) && !isFlat(one.sample))) {
    const how = isSameFile ? "is the same file as" : "holds the same pedestals as";
    throw new CalibrationError(
      "CALIBRATION_EXCHANGED",
      `${other.file.where} ${how} ${one.file.where}. Name one file per module, top module first.`,
    );
  }
}

/** Warn if the same gain file is named for several modules, although it holds only one. */
export function warnOfSameFile(files: readonly ConstantsFile[], notes: ConstantsNotes): void {
  for (const [one, other] of everyTwo(files)) {
    if (one.path === other.path)
      notes.warn(`${other.where} is also named for another module. Name one file per module.`);
  }
}

/** The number of a module in a file name, such as 1 in `dark_m1.h5`, or 49 in `gainMaps_M049.bin`. */
const MODULE_NUMBER = /(?:^|[^a-z0-9])(?:m|mod|module)[_-]?0*(\d{1,3})(?![0-9])/i;

/**
 * Compare the module numbers in the names of dark and gain files, if they have any.
 *
 * @throws {CalibrationError} CALIBRATION_EXCHANGED if dark and gain files name the same modules in different orders
 */
export function checkModuleNames({ dark, gain }: ConstantsFiles, notes: ConstantsNotes): void {
  for (const files of [dark, gain]) warnOfSameNumber(files, notes);
  const modules = dark.map((file, moduleIndex) => ({
    dark: { file, number: moduleNumber(file) },
    gain: { file: gain[moduleIndex], number: gain[moduleIndex] && moduleNumber(gain[moduleIndex]) },
  }));
  for (const [one, other] of everyTwo(modules)) {
    if (one.dark.number === undefined || other.dark.number === undefined) continue;
    if (one.dark.number === other.dark.number) continue;
    if (one.dark.number !== other.gain.number || other.dark.number !== one.gain.number) continue;
    throw new CalibrationError(
      "CALIBRATION_EXCHANGED",
      `${one.dark.file.where} belongs to module ${one.dark.number}, but ${one.gain.file?.where} to module ${one.gain.number}. ` +
        "Name both in the same order, top module first.",
    );
  }
}

function warnOfSameNumber(files: readonly ConstantsFile[], notes: ConstantsNotes): void {
  for (const [one, other] of everyTwo(files)) {
    const number = moduleNumber(one);
    if (one.path === other.path || number === undefined || number !== moduleNumber(other)) continue;
    notes.warn(
      `${one.where} and ${other.where} are both named after module ${number}. Name one file per module.`,
    );
  }
}

/** All pairs, in order. */
function everyTwo<T>(things: readonly T[]): (readonly [T, T])[] {
  return things.flatMap((one, index) => things.slice(index + 1).map((other) => [one, other] as const));
}

function moduleNumber({ path }: ConstantsFile): number | undefined {
  const match = MODULE_NUMBER.exec(basename(path));
  return match === null ? undefined : Number(match[1]);
}

function areEqual(map: Float32Array, other: Float32Array): boolean {
  return map.every((pedestal, pixel) => Object.is(pedestal, other[pixel]));
}

/** Whether a map is artificial: the pixels of a real detector do not all have the same pedestal. */
function isFlat(map: Float32Array): boolean {
  return map.every((pedestal) => Object.is(pedestal, map[0]));
}
