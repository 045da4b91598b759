import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";

/**
 * Write a file, or a new one over an old one, so that readers find the old or the new file, and never a part of one.
 *
 * @param write  writes the file that it is given the name of
 * @throws what `write` throws, and errors of the file system; nothing is left of the new file then
 */
export async function writeWholeFile(
  path: string,
  write: (temporaryPath: string) => Promise<void>,
): Promise<void> {
  // Beside the file: a rename goes no further than a file system.
  const temporaryPath = `${path}.${randomUUID()}.part`;
  try {
    await write(temporaryPath);
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}
