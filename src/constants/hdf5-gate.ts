import { readSync } from "node:fs";
import { NotRegularFileError, withRegularFile } from "../files/index.js";

/** How HDF5 files and WebAssembly modules, which plugins are, begin. */
const SIGNATURES = ["\x89HDF\r\n\x1a\n", "\0asm"];
const LONGEST_SIGNATURE = 8;
/** Of the flags of `open`: to write, to make a file. */
const WRITING = 0o103;
/** `EACCES`, as the library's own file system numbers it. */
const NO_ACCESS = 2;

/** What HDF5 wanted to open, and was not allowed to. */
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
 * Put a gate before the files that HDF5 opens. The files of a user name others, which HDF5 opens by itself: sources of virtual
 * datasets, raw files of external storage, and whatever external links lead to. It must not wait for a pipe, nor take any
 * file of this machine for numbers, so it gets regular files of HDF5 alone.
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

/** The first file that was refused since this was asked last; HDF5 may have gone on without it, with zeros for numbers. */
export function takeRefused(): Refused | undefined {
  const first = refused;
  refused = undefined;
  return first;
}

/** Do something for which no file is to be opened. */
export function withoutOpening<T>(step: () => T): T {
  mayOpen = false;
  try {
    return step();
  } finally {
    mayOpen = true;
  }
}

function whyRefused(path: string): string | undefined {
  if (!mayOpen) return "it is outside of this file";
  try {
    return withRegularFile(path, ({ descriptor }) => {
      const bytes = Buffer.alloc(LONGEST_SIGNATURE);
      const start = bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
      return SIGNATURES.some((signature) => start.startsWith(signature)) ? undefined : "it is no HDF5 file";
    });
  } catch (error) {
    if (!(error instanceof NotRegularFileError)) return undefined; // HDF5 finds out what is wrong
    return error.isFolder ? undefined : error.message; // it looks for plugins in one
  }
}
