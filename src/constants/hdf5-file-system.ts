import type { Stats } from "node:fs";

/** What the library opens and reads files with: Emscripten's file system, in its form for Node.js. */
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

/** Larger than any end of a file that HDF5 compares it with. */
const LARGEST_SIZE_BYTES = 2 ** 50;

const adapted = new WeakSet<FileSystem>();
let isOpeningIncomplete = false;
let lastIncompleteId = 0;
let mayBeUsed: MayBeUsed | undefined;

/** Whether the library may go on with bytes that it has read. */
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
    // HDF5 knows files by their inodes, and keeps what it remembers of a damaged one.
    return id === undefined ? stats : Object.assign(stats, { size: LARGEST_SIZE_BYTES, dev: 0, ino: id });
  };
  fileSystem.read = (stream, buffer, offset, length, position) => {
    const count = read(stream, buffer, offset, length, position);
    if (stream.incompleteId === undefined) return count;
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, count);
    // HDF5 takes what lies beyond the end for zeros.
    if (count < length || mayBeUsed?.(bytes) === false) throw new fileSystem.ErrnoError(EIO);
    return count;
  };
}

/**
 * Open a file that may have been cut, or is still being written. HDF5 refuses one that is shorter than its superblock says;
 * this way it reads what is there, and fails where it needs what is not. Opened again, the file is read anew.
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

/** Look at all that is read from files of {@link openIncomplete} during a step. @throws what `step` throws, also for bytes that may not be used */
export function inspectReads<T>(inspect: MayBeUsed | undefined, step: () => T): T {
  mayBeUsed = inspect;
  try {
    return step();
  } finally {
    mayBeUsed = undefined;
  }
}
