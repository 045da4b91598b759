import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdf5Library, hdf5Reason } from "./hdf5-library.js";

/** A text, a number (int32 if it is whole, else float64), a list of texts, or one number of the array's type. */
type Hdf5Attribute = string | number | readonly string[] | Uint16Array;

/** Attributes by name. */
export type Hdf5Attributes = Readonly<Record<string, Hdf5Attribute>>;

/** Numbers or text to write. */
export interface Hdf5Output {
  readonly data:
    | Float32Array
    | Float64Array
    | Uint8Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | Int16Array
    | BigInt64Array
    | string;
  /** [] for a single value, such as a text. */
  readonly shape: readonly number[];
  /** Compression level, 1 to 9; not compressed if omitted. */
  readonly gzip?: number;
  readonly attributes?: Hdf5Attributes;
}

/**
 * Write a new HDF5 file; an old one with the same name is overwritten.
 *
 * @param datasets    by path
 * @param attributes  of the file itself
 * @param groups      attributes of groups by path, outer groups first
 */
export async function writeHdf5(
  path: string,
  datasets: Readonly<Record<string, Hdf5Output>>,
  attributes: Hdf5Attributes = {},
  groups: Readonly<Record<string, Hdf5Attributes>> = {},
): Promise<void> {
  const { File } = await hdf5Library();
  try {
    // The oldest format, which every reader knows.
    const file = new File(path, "w", { libver: ["earliest", "v108"] });
    try {
      setAttributes(file, attributes);
      for (const [name, ofGroup] of Object.entries(groups)) setAttributes(file.create_group(name), ofGroup);
      for (const [name, { data, shape, gzip, attributes = {} }] of Object.entries(datasets)) {
        const compression = gzip === undefined ? {} : { chunks: [...shape], compression: gzip };
        setAttributes(file.create_dataset({ name, data, shape: [...shape], ...compression }), attributes);
      }
    } finally {
      file.close();
    }
  } catch (error) {
    throw new Error(hdf5Reason(error), { cause: error });
  }
}

/** The bytes of an HDF5 file with {@link writeHdf5}'s content. The library can only write files, so a temporary one is used. */
export async function encodeHdf5(
  datasets: Readonly<Record<string, Hdf5Output>>,
  attributes?: Hdf5Attributes,
  groups?: Readonly<Record<string, Hdf5Attributes>>,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-hdf5-"));
  try {
    const path = join(folder, "content.h5");
    await writeHdf5(path, datasets, attributes, groups);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function setAttributes(
  object: {
    create_attribute(name: string, value: string | number | string[] | Uint16Array, shape?: number[]): void;
  },
  attributes: Hdf5Attributes,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value instanceof Uint16Array) object.create_attribute(name, value, []);
    else object.create_attribute(name, typeof value === "object" ? [...value] : value);
  }
}
