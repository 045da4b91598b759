import type { Metadata } from "h5wasm/node";
import { CalibrationError, isMonitorError } from "../errors.js";
import type { ConstantsFile } from "./constants.js";
import { findDataset } from "./hdf5-find.js";
import {
  type Hdf5Dataset,
  type Hdf5Library,
  hdf5Library,
  hdf5Reason,
  type OpenHdf5,
} from "./hdf5-library.js";
import { fromOwnFiles, prepareToRead } from "./hdf5-storage.js";
import type { NumberArray } from "./number-array.js";
import { numbersFromFloat16 } from "./number-bytes.js";

/** Finds an array by its name, such as `data/data`; undefined if nothing has that name. */
export type FindArray = (name: string) => NumberArray | undefined;

/** Returns an attribute of the file; undefined if it has none of that name. */
export type FindAttribute = (name: string) => unknown;

/** Classes of HDF5's types, by their numbers. */
const INTEGER = 0;
const FLOAT = 1;
const ENUM = 8;
const CLASS_NAMES: Readonly<Record<number, string>> = {
  2: "times",
  3: "text",
  4: "bit fields",
  5: "opaque bytes",
  6: "compound values, such as complex numbers",
  7: "references",
  9: "lists",
  10: "arrays",
};

/**
 * Open an HDF5 file, let `use` read from it, and close it.
 *
 * @throws {CalibrationError} CALIBRATION_DAMAGED, _FORMAT, and what `use` throws
 */
export async function readHdf5<T>(
  { path, where }: ConstantsFile,
  use: (find: FindArray, attribute: FindAttribute) => T,
): Promise<T> {
  const library = await hdf5Library();
  return readFile(library, path, where, use);
}

function readFile<T>(
  library: Hdf5Library,
  path: string,
  where: string,
  use: (find: FindArray, attribute: FindAttribute) => T,
): T {
  let open: OpenHdf5;
  try {
    open = { library, path, where, file: new library.File(path, "r") };
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_DAMAGED",
      `${where} begins like an HDF5 file, but is incomplete: ${hdf5Reason(error)}. Copy it again.`,
      { cause: error },
    );
  }
  try {
    const result = use(
      (name) => findArray(open, name),
      (name) => open.file.attrs[name]?.value,
    );
    open.file.close();
    return result;
  } catch (error) {
    closeAfterFault(open);
    if (isMonitorError(error)) throw error;
    throw new CalibrationError(
      "CALIBRATION_DAMAGED",
      `${where} cannot be read: ${hdf5Reason(error)}. The file is damaged: copy it again.`,
      { cause: error },
    );
  }
}

/** The fault may have aborted the library, so closing may fail, too. The first error is the one to report. */
function closeAfterFault({ file }: OpenHdf5): void {
  try {
    file.close();
  } catch {}
}

function findArray(open: OpenHdf5, name: string): NumberArray | undefined {
  const where = `${open.where}: /${name}`;
  // The shape of a virtual dataset may depend on its sources.
  const { dataset, shape } = fromOwnFiles(where, () => {
    const found = findDataset(open, name);
    return { dataset: found, shape: found?.shape ?? [] };
  });
  if (dataset === undefined) return undefined;
  return {
    where,
    shape,
    read(part) {
      requireNumbers(dataset.metadata, where);
      prepareToRead(open, dataset, where);
      return fromOwnFiles(where, () => readPart(dataset, part));
    },
  };
}

/** Floats of 2 to 8 bytes, integers, and enumerations of integers, such as numpy's bool. */
function requireNumbers({ type, size, enum_type: enumeration }: Metadata, where: string): void {
  const isInteger = type === INTEGER || (type === ENUM && enumeration?.type === INTEGER);
  if ((isInteger || type === FLOAT) && size <= 8) return;
  const found = CLASS_NAMES[type] ?? `numbers of ${size} bytes`;
  throw new CalibrationError(
    "CALIBRATION_FORMAT",
    `${where} holds ${found}, but floats or integers of up to 8 bytes are required. Write it again with such a type.`,
  );
}

/** Numbers in the machine's byte order: HDF5 converts them. */
function readPart(dataset: Hdf5Dataset, part: readonly (readonly [number, number])[]): ArrayLike<number> {
  const { metadata } = dataset;
  const isFloat16 = metadata.type === FLOAT && metadata.size === 2;
  // The library reads float16, but has no array type for it, so the metadata declare integers.
  if (isFloat16) metadata.type = INTEGER;
  try {
    const values = dataset.slice(part.map(([from, to]) => [from, to])) as ArrayLike<number | bigint>;
    if (isFloat16) return numbersFromFloat16(values as Uint16Array);
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      return Float64Array.from(values, Number);
    }
    return values as ArrayLike<number>;
  } finally {
    if (isFloat16) metadata.type = FLOAT;
  }
}
