import { mkdir, stat } from "node:fs/promises";

/** Make a folder, if it is not there. Not those above it: that loops for ever where a file system answers oddly. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(path)).isDirectory();
    if (!isThere) throw error;
  }
}
