import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMonitorError } from "../errors.js";

const DAMAGE = "CALIBRATION_DAMAGED";

/** Files, by device and inode, that were found to be damaged. */
const damaged = new Set<string>();

/**
 * Read a file with HDF5, which does not let go of a damaged one: when that has been written again in its place, HDF5 would go
 * on with what it remembers of it. So it is read from a copy the next time.
 *
 * @param read  reads the file that it is given the name of
 * @throws what `read` throws
 */
export async function readUncached<T>(path: string, read: (path: string) => T): Promise<T> {
  const identity = await identityOf(path);
  if (identity !== undefined && damaged.has(identity)) return readCopy(path, read);
  try {
    return read(path);
  } catch (error) {
    if (isMonitorError(error) && error.code === DAMAGE && identity !== undefined) {
      damaged.add(identity);
    }
    throw error;
  }
}

async function readCopy<T>(path: string, read: (path: string) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-")).catch(() => undefined);
  if (folder === undefined) return read(path);
  try {
    const copy = join(folder, "copy.h5");
    // Without room for a copy, the file itself may still be read.
    const isCopied = await copyFile(path, copy).then(
      () => true,
      () => false,
    );
    return read(isCopied ? copy : path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined); // what is wrong, `read` tells
  return stats && `${stats.dev}:${stats.ino}`;
}
