import type { Stats } from "node:fs";

/** The library's access to files: Emscripten's file system for Node.js. */
interface FileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  readonly streams: readonly (Stream | undefined)[];
  open(path: string, flags: number, mode?: number): Stream;
  fstat(descriptor: number): Stats;
  read(stream: Stream, buffer: Uint8Array, offset: number, length: number, position?: number): number;
}

interface Stream {
  /** Set for the files of {@link openIncomplete}. */
  incompleteId?: number;
}

/** WASI's number of the error. */
const EIO = 29;

/** Larger than any file size that HDF5 compares it with. */
const LARGEST_SIZE_BYTES = 2 ** 50;

const adapted = new WeakSet<FileSystem>();
let isOpeningIncomplete = false;
let lastIncompleteId = 0;
let mayBeUsed: MayBeUsed | undefined;

/** Whether the library may use bytes that it has read. */
type MayBeUsed = (bytes: Uint8Array) => boolean;

/** Make {@link openIncomplete} and {@link inspectReads} work. */
export function adaptFileSystem(system: unknown): void {
  const fileSystem = system as FileSystem;
  if (adapted.has(fileSystem)) return;
  adapted.add(fileSystem);
  const { open, fstat, read } = fileSystem;

  fileSystem.open = (path, flags, mode) => {
    const stream = open(path, flags, mode);
    if (isOpeningIncomplete) stream.incompleteId = ++lastIncompleteId;
    return stream;
  };
  fileSystem.fstat = (descriptor) => {
    const stats = fstat(descriptor);
    const id = fileSystem.streams[descriptor]?.incompleteId;
    // HDF5 identifies files by their inodes, and keeps its cached state of a damaged file.
    return id === undefined ? stats : Object.assign(stats, { size: LARGEST_SIZE_BYTES, dev: 0, ino: id });
  };
  fileSystem.read = (stream, buffer, offset, length, position) => {
    const count = read(stream, buffer, offset, length, position);
    if (stream.incompleteId === undefined) return count;
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, count);
    // HDF5 would read zeros beyond the end.
    if (count < length || mayBeUsed?.(bytes) === false) throw new fileSystem.ErrnoError(EIO);
    return count;
  };
}

/**
 * Open a file that may be truncated, or is still being written. HDF5 refuses a file that is shorter than its superblock says.
 * Opened in this way, the part that exists can be read, and only access to the missing part fails. Nothing is cached when the
 * file is opened again.
 *
 * @param open  opens the file with the library
 * @throws what `open` throws
 */
export function openIncomplete<T>(open: () => T): T {
  isOpeningIncomplete = true;
  try {
    return open();
  } finally {
    isOpeningIncomplete = false;
  }
}

/** Inspect everything that a step reads from files of {@link openIncomplete}. @throws what `step` throws, also because of bytes that `inspect` rejects */
export function inspectReads<T>(inspect: MayBeUsed | undefined, step: () => T): T {
  mayBeUsed = inspect;
  try {
    return step();
  } finally {
    mayBeUsed = undefined;
  }
}
