import { readSync } from "node:fs";
import { NotRegularFileError, withRegularFile } from "../files/index.js";

/** First bytes of HDF5 files and of WebAssembly modules, such as the library's plugins. */
const SIGNATURES = ["\x89HDF\r\n\x1a\n", "\0asm"];
const LONGEST_SIGNATURE = 8;
/** Flags of `open` for writing and creating files. */
const WRITING = 0o103;
/** `EACCES`, as the library's own file system numbers it. */
const NO_ACCESS = 2;

/** A file that HDF5 was not allowed to open. */
interface Refused {
  readonly path: string;
  /** The end of a sentence. */
  readonly reason: string;
}

/** The part of the library's file system that matters here. */
interface FileSystem {
  open(path: string, flags: number, mode?: number): unknown;
  readonly ErrnoError: new (errno: number) => Error;
}

let mayOpen = true;
let refused: Refused | undefined;
const guarded = new WeakSet<FileSystem>();

/**
 * Check every file that HDF5 opens. A user's file may refer to others, which HDF5 opens by itself: sources of virtual
 * datasets, raw files of external storage, and targets of external links. HDF5 must not wait for a pipe, nor read any
 * file of this machine as numbers, so it may open only regular HDF5 files.
 */
export function guardFiles(fileSystem: unknown): void {
  const guardedSystem = fileSystem as FileSystem;
  if (guarded.has(guardedSystem)) return;
  guarded.add(guardedSystem);
  const open = guardedSystem.open;
  guardedSystem.open = (path, flags, mode) => {
    const reason = (flags & WRITING) === 0 ? whyRefused(path) : undefined;
    if (reason === undefined) return open(path, flags, mode);
    refused ??= { path, reason };
    throw new guardedSystem.ErrnoError(NO_ACCESS);
  };
}

/** The first file that was refused since the last call. HDF5 may have continued without it, with zeros for its numbers. */
export function takeRefused(): Refused | undefined {
  const first = refused;
  refused = undefined;
  return first;
}

/** Run a step that must not open any file. */
export function withoutOpening<T>(step: () => T): T {
  mayOpen = false;
  try {
    return step();
  } finally {
    mayOpen = true;
  }
}

function whyRefused(path: string): string | undefined {
  if (!mayOpen) return "it is outside this file";
  try {
    return withRegularFile(path, ({ descriptor }) => {
      const bytes = Buffer.alloc(LONGEST_SIGNATURE);
      const start = bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
      return SIGNATURES.some((signature) => start.startsWith(signature))
        ? undefined
        : "it is not an HDF5 file";
    });
  } catch (error) {
    if (!(error instanceof NotRegularFileError)) return undefined; // HDF5 reports the reason
    return error.isFolder ? undefined : error.message; // HDF5 searches folders for plugins
  }
}
