import type { Dataset, File } from "h5wasm/node";
import { messageOf } from "../errors.js";
import { adaptFileSystem } from "./hdf5-file-system.js";
import { guardFiles } from "./hdf5-gate.js";

export type Hdf5Library = typeof import("h5wasm/node");
export type Hdf5Dataset = Dataset;

/** A file that is open to be read. */
export interface OpenHdf5 {
  readonly library: Hdf5Library;
  readonly file: File;
  /** Absolute path with which it was opened. */
  readonly path: string;
  /** For messages. */
  readonly where: string;
}

/** The library. Its WebAssembly is compiled at the first call. */
export async function hdf5Library(): Promise<Hdf5Library> {
  const library = await import("h5wasm/node");
  // Without this, a failed read returns old memory as if it were data.
  const module = await library.ready;
  module.activate_throwing_error_handler();
  guardFiles(module.FS);
  adaptFileSystem(module.FS);
  return library;
}

/** The innermost of HDF5's error messages, which consist of many lines. */
export function hdf5Reason(error: unknown): string {
  const lines = messageOf(error).match(/#\d+: .* in \w+\(\): .*/g);
  return lines?.at(-1)?.replace(/^.* in \w+\(\): /, "") ?? messageOf(error).split("\n")[0] ?? "";
}
