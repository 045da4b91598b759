import { fileURLToPath } from "node:url";
import { CalibrationError, messageOf } from "../errors.js";
import type { Hdf5Dataset, Hdf5Library } from "./hdf5-library.js";

/** Filters of the library itself: deflate (gzip), shuffle, fletcher32, szip, nbit, scaleoffset. */
const OWN_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6]);

/**
 * Lossless filters of the package h5wasm-plugins: bzip2, LZF, Blosc, LZ4, bitshuffle, zstd, Blosc2.
 *
 * @see https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md
 */
const PLUGIN_FILTERS: ReadonlySet<number> = new Set([307, 32000, 32001, 32004, 32008, 32015, 32026]);

let arePluginsProvided = false;

/**
 * Provide the filters that a dataset was written with.
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT if one of them is not supported
 */
export function provideFilters(library: Hdf5Library, dataset: Hdf5Dataset, where: string): void {
  const others = dataset.filters.filter(({ id }) => !OWN_FILTERS.has(id));
  if (others.length === 0) return;
  const names = others.map(({ id, name }) => `'${name}' (HDF5 filter ${id})`).join(", ");
  if (!others.every(({ id }) => PLUGIN_FILTERS.has(id))) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is compressed with ${names}, which cannot be read. Write it again with gzip: h5repack -f GZIP=4 OLD NEW.`,
    );
  }
  try {
    providePlugins(library);
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is compressed with ${names}, and the package h5wasm-plugins, which reads this, is missing: ` +
        `${messageOf(error)}. Install it, or write the file again with gzip: h5repack -f GZIP=4 OLD NEW.`,
      { cause: error },
    );
  }
}

/** Give HDF5 the folder of its plugins. It loads a plugin when it opens the first dataset that needs it. */
function providePlugins({ Module }: Hdf5Library): void {
  if (arePluginsProvided) return;
  // The package's own function does not find its folder if the path contains a space.
  const folder = fileURLToPath(new URL("plugins", import.meta.resolve("h5wasm-plugins")));
  Module.insert_plugin_search_path(folder, 0);
  printToStandardError(Module.FS);
  arePluginsProvided = true;
}

/** Some plugins print their faults to standard output, which is for events and reports. */
function printToStandardError(fileSystem: unknown): void {
  const { streams } = fileSystem as { streams: { nfd: number }[] };
  if (streams[1] !== undefined) streams[1].nfd = 2;
}
