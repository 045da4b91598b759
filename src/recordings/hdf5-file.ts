import { stat } from "node:fs/promises";
import {
  chunkInspector,
  findDataset,
  type Hdf5Dataset,
  hdf5Library,
  hdf5Reason,
  inspectReads,
  type OpenHdf5,
  openIncomplete,
  provideFilters,
} from "../constants/index.js";
import { isMonitorError, RecordingError } from "../errors.js";
import { openRegularFile } from "./regular-file.js";

/** Numbers as HDF5 stores them; those of 64 bits are bigints. */
export type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array;

/** HDF5's type class of integers. */
const INTEGER = 0;

/** Far more than a file holds; a damaged description may claim any number. */
const MAX_FRAMES = 2 ** 22;

/** A chunk is always unpacked completely, however few of its frames are read. */
const MAX_CHUNK_BYTES = 2 ** 28;

/** An HDF5 file that may be truncated or partly damaged. Files that it links to are not opened. */
export class Hdf5File {
  readonly path: string;
  /** When it was last written to, in seconds since 1970. */
  readonly modifiedSeconds: number;
  readonly #open: OpenHdf5;
  readonly #datasets = new Map<string, Hdf5Dataset | undefined>();
  /** Inspectors of datasets whose chunks must be checked before they are unpacked. */
  readonly #inspectors = new Map<string, ((bytes: Uint8Array) => boolean) | undefined>();
  #isClosed = false;

  private constructor(open: OpenHdf5, modifiedSeconds: number) {
    this.path = open.path;
    this.modifiedSeconds = modifiedSeconds;
    this.#open = open;
  }

  /** @throws {RecordingError} RECORDING_NOT_READABLE, _DAMAGED */
  static async open(path: string): Promise<Hdf5File> {
    await (await openRegularFile(path)).close();
    const { mtimeMs } = await stat(path);
    const library = await hdf5Library();
    const where = `'${path}'`;
    try {
      const file = openIncomplete(() => new library.File(path, "r"));
      return new Hdf5File({ library, file, path, where }, mtimeMs / 1000);
    } catch (error) {
      throw new RecordingError(
        "RECORDING_DAMAGED",
        `${where} begins like an HDF5 file, but cannot be read: ${reasonOf(error)}. If it is still being written, wait until it is ` +
          "closed; else copy it again.",
        { cause: error },
      );
    }
  }

  /** Names in a group, such as `data/JF01T03V01`; empty if there is no such group. */
  names(group: string): readonly string[] {
    return this.#attempt(group, () => {
      const names: string[] = [];
      let at = this.#open.file.keys();
      for (const part of group.split("/").filter((part) => part !== "")) {
        // A link into another file has no names here.
        if (!at.includes(part)) return names;
        names.push(part);
        const path = `/${names.join("/")}`;
        if (this.link(path.slice(1)) !== undefined) return [];
        const entity = this.#open.file.get(path);
        if (entity === null || !("keys" in entity)) return [];
        at = entity.keys();
      }
      return at;
    });
  }

  /** Name of the file that a link refers to; undefined for objects in this file. */
  link(name: string): string | undefined {
    return this.#attempt(name, () => this.#open.file.get_external_link(name).filename);
  }

  /** Names of the source files of a virtual dataset. */
  sources(name: string): readonly string[] {
    const sources = this.#dataset(name)?.metadata.virtual_sources ?? [];
    return [...new Set(sources.map(({ file_name }) => file_name))];
  }

  /** Undefined if there is no dataset of that name. */
  shape(name: string): readonly number[] | undefined {
    const dataset = this.#dataset(name);
    return dataset && (dataset.shape ?? []);
  }

  /**
   * Refuse a dataset that does not hold integers, or is not in this file.
   *
   * @throws {RecordingError} RECORDING_FORMAT
   */
  requireIntegers(name: string, sizeBytes?: number): void {
    const dataset = this.#dataset(name);
    const fault = (what: string) => this.fault("RECORDING_FORMAT", `/${name} ${what}`);
    if (dataset === undefined) throw fault("is missing. Name a file of a detector's frames.");
    const { type, size, shape, chunks, virtual_sources: sources } = dataset.metadata;
    if ((shape?.[0] ?? 0) > MAX_FRAMES)
      throw fault(`claims to hold ${shape?.[0]} frames. Copy the file again.`);
    if (type !== INTEGER || size > 8 || (sizeBytes !== undefined && size !== sizeBytes)) {
      throw fault(
        `does not hold integers${sizeBytes ? ` of ${sizeBytes} bytes` : ""}. Name a file of raw frames.`,
      );
    }
    if (sources !== undefined && sources.length > 0) {
      throw fault("is a virtual dataset. Name the files that it is made of.");
    }
    if ((chunks ?? []).reduce((all, one) => all * one, size) > MAX_CHUNK_BYTES) {
      throw fault(
        `has chunks of [${chunks?.join(", ")}], which are too large to unpack. Write it again with a frame per chunk.`,
      );
    }
    this.#attempt(name, () => provideFilters(this.#open.library, dataset, `'${this.path}': /${name}`));
    this.#inspectors.set(name, chunkInspector(dataset));
  }

  /**
   * Rows of a dataset.
   *
   * @returns the rows, in memory that the caller owns
   * @throws {RecordingError} RECORDING_DAMAGED
   */
  read(name: string, from: number, to: number): Numbers {
    const dataset = this.#dataset(name);
    const inspect = this.#inspectors.get(name);
    return this.#attempt(name, () => inspectReads(inspect, () => dataset?.slice([[from, to]]) as Numbers));
  }

  /**
   * A single text or number, such as in a master, or a pair of numbers; undefined if the file does not have it.
   *
   * @throws {RecordingError} RECORDING_FORMAT, _DAMAGED
   */
  value(name: string): unknown {
    const dataset = this.#dataset(name);
    const value = this.#attempt(name, () => dataset?.json_value);
    return typeof value === "string" ? value.replace(/\0.*/s, "").trim() : (value ?? undefined);
  }

  /** Version of the writer, from an attribute of the file. */
  version(): string | undefined {
    try {
      const value = this.#open.file.attrs.version?.value;
      return typeof value === "number" ? value.toFixed(1) : undefined;
    } catch {
      return undefined;
    }
  }

  fault(code: "RECORDING_FORMAT" | "RECORDING_DAMAGED", what: string, cause?: unknown): RecordingError {
    return new RecordingError(code, `'${this.path}': ${what}`, { cause });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#open.file.close();
    } catch {
      // HDF5 cannot release everything of a damaged file.
    }
  }

  #dataset(name: string): Hdf5Dataset | undefined {
    if (this.#datasets.has(name)) return this.#datasets.get(name);
    const dataset = this.#attempt(name, () => {
      const found = findDataset(this.#open, name);
      // The description is read now, while it is known to be readable.
      return found?.metadata && found;
    });
    this.#datasets.set(name, dataset);
    return dataset;
  }

  #attempt<T>(name: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (error instanceof RecordingError) throw error;
      // The code for constants files reports the same faults.
      if (isMonitorError(error))
        throw new RecordingError("RECORDING_FORMAT", error.message, { cause: error });
      throw this.fault(
        "RECORDING_DAMAGED",
        `/${name} cannot be read: ${reasonOf(error)}. The file is truncated or damaged: copy it again.`,
        error,
      );
    }
  }
}

/** HDF5's reason for a failed read, without time, address and other details. */
function reasonOf(error: unknown): string {
  return hdf5Reason(error).replace(/: (?:time|filename) = .*/, "");
}

/** Whether an image was never written: HDF5 then returns one in which all bits are equal. */
export function isUnwritten(image: Uint8Array): boolean {
  const [first] = image;
  return (first === 0 || first === 0xff) && image.every((byte) => byte === first);
}
