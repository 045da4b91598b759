import { DETECTOR_PIXELS, GAIN_STAGES, MODULE_COUNT, MODULE_PIXELS } from "../detector.js";
import { FaultCollector } from "../errors.js";
import {
  type CalibrationConstants,
  type ConstantsFile,
  type ConstantsFiles,
  type ConstantsNotes,
  emptyConstants,
} from "./constants.js";
import { readDarkFile } from "./dark-file.js";
import { readGainFile } from "./gain-file.js";

/**
 * Read the constants of the detector: two dark files and two gain files, in module order.
 *
 * @throws {CalibrationError} the faults of all files together
 */
export async function readConstants(
  files: ConstantsFiles,
  note: ConstantsNotes,
): Promise<CalibrationConstants> {
  const constants = emptyConstants();
  const faults = new FaultCollector();
  const read = async <T extends Float32Array | Float64Array>(
    into: T,
    from: readonly ConstantsFile[],
    readFile: (file: ConstantsFile, note: ConstantsNotes) => Promise<T>,
  ) => {
    for (const [moduleIndex, file] of from.slice(0, MODULE_COUNT).entries()) {
      const maps = await faults.attemptAsync(() => readFile(file, note));
      if (maps !== undefined) placeModule(into, maps, moduleIndex);
    }
  };
  await read(constants.pedestals, files.dark, readDarkFile);
  await read(constants.gains, files.gain, readGainFile);
  faults.throwIfAny();
  leaveOutHalves(constants);
  return constants;
}

/** Copy a module's [3, 512, 1024] maps to its place in the detector's [3, 1024, 1024]. */
function placeModule(into: Float32Array | Float64Array, maps: ArrayLike<number>, moduleIndex: number): void {
  const values = maps as Float32Array;
  for (let stage = 0; stage < GAIN_STAGES; stage++) {
    const module = values.subarray(stage * MODULE_PIXELS, (stage + 1) * MODULE_PIXELS);
    into.set(module, stage * DETECTOR_PIXELS + moduleIndex * MODULE_PIXELS);
  }
}

/** A pixel that lacks one of its constants has none. */
function leaveOutHalves({ pedestals, gains }: CalibrationConstants): void {
  for (let i = 0; i < pedestals.length; i++) {
    if (Number.isNaN(pedestals[i])) gains[i] = Number.NaN;
    else if (Number.isNaN(gains[i])) pedestals[i] = Number.NaN;
  }
}
