import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { platform } from "node:os";

/** Without this flag, opening a pipe waits for a writer. Windows has neither such pipes nor this flag. */
const NEVER_WAIT = constants.O_NONBLOCK ?? 0;

/** The path leads to a folder, pipe, socket or device. Reading one of these may never end. */
export class NotRegularFileError extends Error {
  override readonly name = "NotRegularFileError";
  readonly isFolder: boolean;

  constructor(stats: Stats) {
    super(`it is ${kindOf(stats)}, not a regular file`);
    this.isFolder = stats.isDirectory();
  }
}

/** A regular file that is open for reading. The opener closes the descriptor. */
interface OpenFile {
  readonly descriptor: number;
  readonly stats: Stats;
}

/**
 * Open a file that a user has named, for reading. Returns immediately, whatever the path leads to; links are
 * followed.
 *
 * @throws {NotRegularFileError}, and errors of the file system
 */
export function openRegularFile(path: string): OpenFile {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before !== undefined) requireRegular(before); // opening a device may have side effects
  const descriptor = openSync(path, constants.O_RDONLY | NEVER_WAIT);
  try {
    const stats = fstatSync(descriptor); // it may have been replaced meanwhile
    requireRegular(stats);
    return { descriptor, stats };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** {@link openRegularFile} for long, asynchronous reads. The opener closes the handle. */
export async function openRegularFileHandle(path: string): Promise<FileHandle> {
  const before = await stat(path).catch(() => undefined); // opening it throws the same error
  if (before !== undefined) requireRegular(before);
  const file = await open(path, constants.O_RDONLY | NEVER_WAIT);
  try {
    requireRegular(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Open a file, let `use` read from it, and close it. @throws as {@link openRegularFile}, and what `use` throws */
export function withRegularFile<T>(path: string, use: (file: OpenFile) => T): T {
  const file = openRegularFile(path);
  try {
    return use(file);
  } finally {
    closeSync(file.descriptor);
  }
}

/** Whether users other than the owner can read a file with these access rights. Windows has none. */
export function isReadableByOthers(mode: number): boolean {
  return platform() !== "win32" && (mode & 0o044) !== 0;
}

/**
 * Read a small file of text.
 *
 * @param maxBytes  a larger file is refused, and not read to its end
 * @returns         the text, and the access rights of its file
 * @throws {NotRegularFileError}, and errors of the file system
 */
export function readTextFile(
  path: string,
  maxBytes: number,
): { readonly text: string; readonly mode: number } {
  return withRegularFile(path, ({ descriptor, stats }) => {
    // Files in /proc have no size, and others may grow.
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (length > maxBytes) throw new Error(`it holds more than ${maxBytes} bytes`);
    return { text: bytes.toString("utf8", 0, length), mode: stats.mode };
  });
}

function requireRegular(stats: Stats): void {
  if (!stats.isFile()) throw new NotRegularFileError(stats);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe (FIFO)";
  if (stats.isSocket()) return "a socket";
  return "a device";
}
