import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";

/**
 * Write or replace a file atomically: readers find the old or the new file, never a part of one.
 *
 * @param write  writes a file with the given name
 * @throws what `write` throws, and errors of the file system; then nothing of the new file remains
 */
export async function writeWholeFile(
  path: string,
  write: (temporaryPath: string) => Promise<void>,
): Promise<void> {
  // In the same folder, because a rename must stay within a file system.
  const temporaryPath = `${path}.${randomUUID()}.part`;
  try {
    await write(temporaryPath);
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}
