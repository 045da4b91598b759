import { hdf5Library, hdf5Reason } from "./hdf5-library.js";

/** Numbers to write. */
export interface Hdf5Output {
  readonly data: Float32Array | Float64Array | Uint16Array | Uint32Array | Int16Array | BigInt64Array;
  readonly shape: readonly number[];
  /** Compression from 1 to 9; without, none. */
  readonly gzip?: number;
}

/**
 * Write a new HDF5 file, over an old one of the name.
 *
 * @param attributes  of the file itself
 */
export async function writeHdf5(
  path: string,
  datasets: Readonly<Record<string, Hdf5Output>>,
  attributes: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const { File } = await hdf5Library();
  try {
    // The oldest format, which every reader knows.
    const file = new File(path, "w", { libver: ["earliest", "v108"] });
    try {
      for (const [name, { data, shape, gzip }] of Object.entries(datasets)) {
        const compression = gzip === undefined ? {} : { chunks: [...shape], compression: gzip };
        file.create_dataset({ name, data, shape: [...shape], ...compression });
      }
      for (const [name, value] of Object.entries(attributes)) file.create_attribute(name, value);
    } finally {
      file.close();
    }
  } catch (error) {
    throw new Error(hdf5Reason(error), { cause: error });
  }
}
