import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, RecordingError } from "../errors.js";

/**
 * Create a folder for recordings, with its parents, if it does not exist.
 *
 * @param option  that names it
 * @throws {RecordingError} RECORDING_CANNOT_WRITE
 */
export async function checkRecordingFolder(path: string, option: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(join(path, "."), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new RecordingError(
      "RECORDING_CANNOT_WRITE",
      `Cannot write a recording to '${path}': ${messageOf(error)}. Choose another folder with ${option}.`,
      { cause: error },
    );
  }
}

/** Without `recursive`, because in /proc the `mkdir` of Node.js 20 would retry for ever. */
async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  try {
    await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}
