import { RecordingError } from "../errors.js";
import type { Hdf5File, Numbers } from "./hdf5-file.js";

/**
 * Number of values that are read at once: each may be in its own chunk, and several chunks are found faster together.
 */
const BLOCK_ROWS = 256;
const PROBES = 8;

/** Values that have their own datasets, one value per frame, [frames] or [frames, 1]; read in blocks. */
export class Hdf5Numbers {
  readonly #file: Hdf5File;
  readonly #rows: number;
  readonly #there = new Map<string, boolean>();
  /** For each dataset, the block that was read last. */
  readonly #blocks = new Map<string, { readonly from: number; readonly values: Block }>();

  /** @param rows  frames of the file */
  constructor(file: Hdf5File, rows: number) {
    this.#file = file;
    this.#rows = rows;
  }

  /**
   * Whether there is such a dataset.
   *
   * @throws {RecordingError} RECORDING_FORMAT if it does not hold a whole number per frame
   */
  has(name: string): boolean {
    const known = this.#there.get(name);
    if (known !== undefined) return known;
    const shape = this.#file.shape(name);
    if (shape !== undefined) {
      this.#file.requireIntegers(name);
      const [rows, width = 1] = shape;
      if (shape.length > 2 || rows === undefined || rows < this.#rows || width < 1) {
        throw this.#file.fault(
          "RECORDING_FORMAT",
          `/${name} has shape [${shape.join(", ")}], but ${this.#rows} numbers are needed.`,
        );
      }
    }
    this.#there.set(name, shape !== undefined);
    return shape !== undefined;
  }

  /** The number of a frame; undefined if there is no such dataset, or it cannot be read there. */
  at(name: string, row: number): bigint | undefined {
    if (!this.has(name)) return undefined;
    const from = row - (row % BLOCK_ROWS);
    let block = this.#blocks.get(name);
    if (block?.from !== from) {
      block = { from, values: this.#read(name, from, Math.min(from + BLOCK_ROWS, this.#rows)) };
      this.#blocks.set(name, block);
    }
    const value = block.values[row - from];
    return value === undefined ? undefined : BigInt(value);
  }

  /** Test a few rows of a block first, because finding out that none of many can be read takes long. */
  #isPartlyReadable(name: string, from: number): boolean {
    const step = BLOCK_ROWS / PROBES;
    return Array.from({ length: PROBES }, (_, probe) => from + probe * step).some(
      (row) => this.#read(name, row, row + 1)[0] !== undefined,
    );
  }

  /** Undefined for values that cannot be read. */
  #read(name: string, from: number, end: number): Block {
    try {
      const values = this.#file.read(name, from, end);
      const width = values.length / (end - from);
      return width === 1 ? values : Array.from({ length: end - from }, (_, row) => values[row * width]);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      if (end - from === 1) return [undefined];
      if (end - from === BLOCK_ROWS && !this.#isPartlyReadable(name, from)) {
        return new Array<undefined>(BLOCK_ROWS).fill(undefined);
      }
      const middle = (from + end) >> 1;
      return [...this.#read(name, from, middle), ...this.#read(name, middle, end)];
    }
  }
}

type Block = Numbers | readonly (number | bigint | undefined)[];
