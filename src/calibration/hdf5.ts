import type { Dataset, File } from "h5wasm/node";
import { CalibrationError, isMonitorError, messageOf } from "../errors.js";

/** HDF5 filters that the reader has: deflate (gzip), shuffle, fletcher32, nbit, scaleoffset. */
const KNOWN_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** An array in an HDF5 file. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  /** As HDF5 tells it: `<f` is a little-endian float32. */
  readonly dtype: string;
  /** Whether it is of integers of up to 32 bits or of floats, little-endian: what {@link read} can give. */
  readonly isNumeric: boolean;
  /** Read all values. @throws {CalibrationError} CALIBRATION_FILTER */
  read(): ArrayLike<number>;
}

/** Numbers to write. */
export interface Hdf5Output {
  readonly data: Float32Array | Float64Array | Uint16Array | Int16Array;
  readonly shape: readonly number[];
  /** Compression from 1 to 9; without, none. */
  readonly gzip?: number;
}

/**
 * Open an HDF5 file, let `use` read from it, and close it.
 *
 * @param where  the file's place in the configuration, for messages
 * @param mend   what to do if it is no HDF5 file
 * @throws {CalibrationError} CALIBRATION_NOT_HDF5, CALIBRATION_UNREADABLE_DATA, and what `use` throws
 */
export async function readHdf5<T>(
  path: string,
  where: string,
  mend: string,
  use: (dataset: (name: string) => Hdf5Dataset | undefined) => T,
): Promise<T> {
  const { File } = await library();
  let file: File;
  try {
    file = new File(path, "r");
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_NOT_HDF5",
      `${where} is not a whole HDF5 file: ${hdf5Reason(error)}. ${mend}`,
      { cause: error },
    );
  }
  try {
    return use((name) => findDataset(file, name, where));
  } catch (error) {
    if (isMonitorError(error)) throw error;
    throw new CalibrationError(
      "CALIBRATION_UNREADABLE_DATA",
      `${where} cannot be read: ${hdf5Reason(error)}. The file is damaged: copy it again.`,
      { cause: error },
    );
  } finally {
    file.close();
  }
}

/** Write a new HDF5 file, over an old one of the name. */
export async function writeHdf5(path: string, datasets: Readonly<Record<string, Hdf5Output>>): Promise<void> {
  const { File } = await library();
  try {
    // The oldest format, which every reader knows.
    const file = new File(path, "w", { libver: ["earliest", "v108"] });
    try {
      for (const [name, { data, shape, gzip }] of Object.entries(datasets)) {
        const compression = gzip === undefined ? {} : { chunks: [...shape], compression: gzip };
        file.create_dataset({ name, data, shape: [...shape], ...compression });
      }
    } finally {
      file.close();
    }
  } catch (error) {
    throw new Error(hdf5Reason(error), { cause: error });
  }
}

/** The library, which is WebAssembly, is compiled when the first file is opened. */
async function library(): Promise<typeof import("h5wasm/node")> {
  const h5wasm = await import("h5wasm/node");
  // Without this a failed read returns whatever was in memory, as if it were data.
  (await h5wasm.ready).activate_throwing_error_handler();
  return h5wasm;
}

function findDataset(file: File, name: string, where: string): Hdf5Dataset | undefined {
  if (!file.keys().includes(name)) return undefined;
  const entity = file.get(name);
  if (entity === null || !("shape" in entity) || entity.shape === null) return undefined;
  const dataset = entity as Dataset;
  const dtype = typeof dataset.dtype === "string" ? dataset.dtype : "compound";
  return {
    shape: entity.shape,
    dtype,
    isNumeric: /^[<|]?[bBhHiIfd]$/.test(dtype),
    read: () => readDataset(dataset, `${where}: /${name}`),
  };
}

function readDataset(dataset: Dataset, where: string): ArrayLike<number> {
  const missing = dataset.filters.filter(({ id }) => !KNOWN_FILTERS.has(id));
  if (missing.length > 0) {
    throw new CalibrationError(
      "CALIBRATION_FILTER",
      `${where} is compressed with ${missing.map(({ id, name }) => `'${name}' (HDF5 filter ${id})`).join(", ")}, which ` +
        "cannot be read here. Write it again with gzip: h5repack -f GZIP=4 OLD NEW.",
    );
  }
  return dataset.value as ArrayLike<number>;
}

/** The innermost of HDF5's error messages, which run over many lines. */
function hdf5Reason(error: unknown): string {
  const lines = messageOf(error).match(/#\d+: .* in \w+\(\): .*/g);
  return lines?.at(-1)?.replace(/^.* in \w+\(\): /, "") ?? messageOf(error).split("\n")[0] ?? "";
}
