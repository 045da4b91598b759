import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { CalibrationError, messageOf } from "../errors.js";

/**
 * Size of a constants file that can be read.
 *
 * @param where  the file's place in the configuration, for messages
 * @throws {CalibrationError} CALIBRATION_FILE_NOT_READABLE, also for what is not a file
 */
export async function fileSizeBytes(path: string, where: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    await access(path, constants.R_OK);
    return stats.size;
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_FILE_NOT_READABLE",
      `${where} cannot be read: ${messageOf(error)}. Check the name; relative names start at the configuration's folder.`,
      { cause: error },
    );
  }
}
