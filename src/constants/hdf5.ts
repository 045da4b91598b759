import type { Dataset, Entity, File, Group } from "h5wasm/node";
import { CalibrationError, isMonitorError, messageOf } from "../errors.js";
import type { ConstantsFile } from "./constants.js";
import type { InspectedFile } from "./file-inspection.js";
import { readUncached } from "./uncached-read.js";

/** HDF5 filters that the reader has: deflate (gzip), shuffle, fletcher32, nbit, scaleoffset. */
const KNOWN_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** An array in an HDF5 file. */
export interface Hdf5Dataset {
  /** Where it is, for messages: the file's place, and the dataset's name. */
  readonly where: string;
  /** Empty for a single value, or for none. */
  readonly shape: readonly number[];
  /**
   * Read a part: for each dimension, from where to where.
   *
   * @returns the values, in memory of the caller's
   * @throws {CalibrationError} CALIBRATION_TYPE, CALIBRATION_FILTER, CALIBRATION_SHAPE
   */
  read(part: readonly (readonly [from: number, to: number])[]): ArrayLike<number>;
}

/** Numbers to write. */
export interface Hdf5Output {
  readonly data: Float32Array | Float64Array | Uint16Array | Uint32Array | Int16Array | BigInt64Array;
  readonly shape: readonly number[];
  /** Compression from 1 to 9; without, none. */
  readonly gzip?: number;
}

/** Finds a dataset by its name, such as `data/data`; undefined if nothing has that name. */
export type FindDataset = (name: string) => Hdf5Dataset | undefined;

/**
 * Open an HDF5 file, let `use` read from it, and close it.
 *
 * @param kind  what is known of the file
 * @param mend  what to do if it is no HDF5 file
 * @throws {CalibrationError} CALIBRATION_NOT_HDF5, _TRUNCATED, _NOT_A_DATASET, _UNREADABLE_DATA, and what `use` throws
 */
export async function readHdf5<T>(
  { path, where }: ConstantsFile,
  kind: InspectedFile,
  mend: string,
  use: (dataset: FindDataset) => T,
): Promise<T> {
  if (!kind.isHdf5) {
    throw new CalibrationError("CALIBRATION_NOT_HDF5", `${where} is not an HDF5 file. ${mend}`);
  }
  const { File } = await library();
  return readUncached(path, (freshPath) => readFile(File, freshPath, where, use));
}

function readFile<T>(
  File: typeof import("h5wasm/node").File,
  path: string,
  where: string,
  use: (dataset: FindDataset) => T,
): T {
  let file: File;
  try {
    file = new File(path, "r");
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_TRUNCATED",
      `${where} begins as an HDF5 file, but is not whole: ${hdf5Reason(error)}. Copy it again.`,
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
export async function writeHdf5(
  path: string,
  datasets: Readonly<Record<string, Hdf5Output>>,
  attributes: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const { File } = await library();
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

/** The library, which is WebAssembly, is compiled when the first file is opened. */
async function library(): Promise<typeof import("h5wasm/node")> {
  const h5wasm = await import("h5wasm/node");
  // Without this a failed read returns whatever was in memory, as if it were data.
  (await h5wasm.ready).activate_throwing_error_handler();
  return h5wasm;
}

function findDataset(file: File, name: string, fileWhere: string): Hdf5Dataset | undefined {
  const where = `${fileWhere}: /${name}`;
  const groups = name.split("/");
  const last = groups.pop() as string;
  let group: Group = file;
  for (const part of groups) {
    if (!group.keys().includes(part)) return undefined;
    refuseExternalLink(group, part, where);
    const next = group.get(part);
    if (typeOf(next) !== "Group") return undefined;
    group = next as Group;
  }
  if (!group.keys().includes(last)) return undefined;
  refuseExternalLink(group, last, where);
  const entity = group.get(last);
  if (typeOf(entity) !== "Dataset") {
    throw new CalibrationError(
      "CALIBRATION_NOT_A_DATASET",
      `${where} is a group or a link to nowhere, not an array of numbers. Name the right file.`,
    );
  }
  const dataset = entity as Dataset;
  return { where, shape: dataset.shape ?? [], read: (part) => readPart(dataset, part, where) };
}

/** A link into another file would be followed wherever it leads: to a pipe, for example, that never answers. */
function refuseExternalLink(group: Group, name: string, where: string): void {
  const { filename } = group.get_external_link(`${group.path === "/" ? "" : group.path}/${name}`);
  if (filename === undefined) return;
  throw new CalibrationError(
    "CALIBRATION_NOT_A_DATASET",
    `${where} is a link into another file, '${filename}'. Name that file, or write the numbers into this one.`,
  );
}

function typeOf(entity: Entity | null): string | undefined {
  return entity !== null && "type" in entity ? entity.type : undefined;
}

function readPart(
  dataset: Dataset,
  part: readonly (readonly [number, number])[],
  where: string,
): ArrayLike<number> {
  // Little-endian integers and floats of any size, as h5wasm spells them.
  if (typeof dataset.dtype !== "string" || !/^[<|]?[bBhHiIqQfd]$/.test(dataset.dtype)) {
    const type = typeof dataset.dtype === "string" ? `type '${dataset.dtype}'` : "a compound type";
    throw new CalibrationError(
      "CALIBRATION_TYPE",
      `${where} is of ${type}, little-endian floats or integers are needed. Write it again with such a type.`,
    );
  }
  const missing = dataset.filters.filter(({ id }) => !KNOWN_FILTERS.has(id));
  if (missing.length > 0) {
    throw new CalibrationError(
      "CALIBRATION_FILTER",
      `${where} is compressed with ${missing.map(({ id, name }) => `'${name}' (HDF5 filter ${id})`).join(", ")}, which ` +
        "cannot be read here. Write it again with gzip: h5repack -f GZIP=4 OLD NEW.",
    );
  }
  // A chunk is unpacked whole, however little of it is wanted.
  const { chunks, shape } = dataset.metadata;
  if (chunks && product(chunks) > product(shape ?? [])) {
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} is [${shape?.join(", ")}] in chunks of [${chunks.join(", ")}], larger than itself. Write it again with chunks ` +
        "of its own size.",
    );
  }
  const values = dataset.slice(part.map(([from, to]) => [from, to])) as ArrayLike<number | bigint>;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float64Array.from(values, Number);
  }
  return values as ArrayLike<number>;
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all * one, 1);
}

/** The innermost of HDF5's error messages, which run over many lines. */
function hdf5Reason(error: unknown): string {
  const lines = messageOf(error).match(/#\d+: .* in \w+\(\): .*/g);
  return lines?.at(-1)?.replace(/^.* in \w+\(\): /, "") ?? messageOf(error).split("\n")[0] ?? "";
}
