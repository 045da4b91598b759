import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { messageOf, RecordingError } from "../errors.js";

/**
 * Open a file to read it, if it is a regular one. A pipe would wait for a writer, and a device may never end: neither is
 * waited for.
 *
 * @returns its handle; the caller closes it
 * @throws {RecordingError} RECORDING_NOT_READABLE
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file?.close();
    throw notReadable(path, messageOf(error), error);
  }
  await file.close();
  throw notReadable(path, "it is not a regular file");
}

function notReadable(path: string, why: string, cause?: unknown): RecordingError {
  return new RecordingError(
    "RECORDING_NOT_READABLE",
    `Cannot read recording '${path}': ${why}. Check the name. For a stream, write tcp://HOST:PORT.`,
    { cause },
  );
}
