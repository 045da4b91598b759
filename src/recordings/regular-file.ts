import type { FileHandle } from "node:fs/promises";
import { messageOf, RecordingError } from "../errors.js";
import { openRegularFileHandle } from "../files/index.js";

/**
 * Open a file of a recording for reading. The caller closes it.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE, also for a folder, pipe or device, without waiting
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  try {
    return await openRegularFileHandle(path);
  } catch (error) {
    throw new RecordingError(
      "RECORDING_NOT_READABLE",
      `Cannot read recording '${path}': ${messageOf(error)}. Check the name. For a stream, write tcp://HOST:PORT.`,
      { cause: error },
    );
  }
}
