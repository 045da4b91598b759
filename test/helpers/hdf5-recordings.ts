import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SHARED } from "./recordings.js";
import { withLibrary } from "./unusual-files.js";

/*
 * Recordings in HDF5 as the programs of the field write them, for tests; written from their descriptions, without the code
 * that reads them.
 */

/** In place of a frame number: the frame was lost, and nothing was written. */
export const LOST = -1;

/** Words of a frame: all the same, and others than those of any other frame or port. */
export function wordsOf(frameNumber: number, port: number, rows = 512): Uint16Array {
  return new Uint16Array(rows * 1024).fill((port << 12) | ((frameNumber + 1) & 0xfff));
}

/** What differs from run to run. */
export interface SlsHdf5RunOptions {
  /** With {@link LOST} among them. */
  readonly frameNumbers?: readonly number[];
  /** By the numbers of the files: rows and columns of each port. */
  readonly positions?: readonly (readonly [row: number, column: number])[];
  readonly rows?: number;
  readonly framesPerFile?: number;
  readonly firstTicks?: number;
  readonly ticksPerFrame?: number;
  readonly daqInfo?: number;
  readonly packets?: (frameNumber: number, port: number) => number;
  /** In place of {@link wordsOf}. */
  readonly words?: (frameNumber: number, port: number) => Uint16Array;
  /** Of the SLS detector package: their masters and headers differ. */
  readonly release?: 6 | 9 | 10;
  readonly name?: string;
}

type Functions = "packets" | "words";
type RunOptions = Omit<Required<SlsHdf5RunOptions>, Functions> & Pick<SlsHdf5RunOptions, Functions>;

const DEFAULTS: RunOptions = {
  frameNumbers: [11, 12, 13],
  positions: [
    [0, 0],
    [1, 0],
  ],
  rows: 512,
  framesPerFile: 10_000,
  firstTicks: 1000,
  ticksPerFrame: 100_000,
  daqInfo: 0,
  release: 9,
  name: "run",
};

/** Write the data files and the master of run 1. The master links to where they no longer are. */
export async function writeSlsHdf5Run(folder: string, options: SlsHdf5RunOptions = {}): Promise<void> {
  const { frameNumbers, positions, framesPerFile, name, ...rest } = { ...DEFAULTS, ...options };
  for (const port of positions.keys()) {
    for (let part = 0; part * framesPerFile < frameNumbers.length; part++) {
      const numbers = frameNumbers.slice(part * framesPerFile, (part + 1) * framesPerFile);
      const position = positions[port] as readonly [number, number];
      await writePart(join(folder, `${name}_d${port}_f${part}_1.h5`), port, numbers, position, rest);
    }
  }
  await writeMaster(join(folder, `${name}_master_1.h5`), positions, rest.release);
}

async function writePart(
  path: string,
  port: number,
  numbers: readonly number[],
  [row, column]: readonly [number, number],
  {
    rows,
    firstTicks,
    ticksPerFrame,
    daqInfo,
    packets,
    words = (number, portIndex) => wordsOf(number, portIndex, rows),
    release,
  }: Omit<RunOptions, "frameNumbers" | "positions" | "framesPerFile" | "name">,
): Promise<void> {
  const whole = rows / 4;
  const count = numbers.length;
  const data = new Uint16Array(count * rows * 1024);
  for (const [index, number] of numbers.entries()) {
    data.set(number === LOST ? wordsOf(0, 0, rows).fill(0xffff) : words(number, port), index * rows * 1024);
  }
  const of = (value: (number: number) => number) =>
    numbers.map((number) => (number === LOST ? 0 : value(number)));
  const old = release === 6;
  const u16 = (value: number) => new Uint16Array(of(() => value));
  const headers = {
    "frame number": new BigUint64Array(of((number) => number).map(BigInt)),
    "exp length or sub exposure time": new Uint32Array(of(() => 100)),
    "packets caught": new Uint32Array(of((number) => packets?.(number, port) ?? whole)),
    [old ? "bunch id" : "detector specific 1"]: new BigUint64Array(of((number) => 7000 + number).map(BigInt)),
    timestamp: new BigUint64Array(
      of((number) =>
        firstTicks === 0 ? 0 : firstTicks + (number - (numbers[0] as number)) * ticksPerFrame,
      ).map(BigInt),
    ),
    "mod id": u16(1234),
    row: u16(row),
    column: u16(column),
    [old ? "reserved" : "detector specific 2"]: u16(0),
    [old ? "debug" : "detector specific 3"]: new Uint32Array(of(() => daqInfo)),
    [old ? "round robin number" : "detector specific 4"]: u16(0),
    "detector type": new Uint8Array(of(() => 3)),
    "detector header version": new Uint8Array(of(() => 2)),
  };
  await withLibrary(path, (file) => {
    file.create_dataset({
      name: old ? "data_f000000000000" : "data",
      data,
      shape: [count, rows, 1024],
      chunks: [1, rows, 1024],
      maxshape: [null, rows, 1024],
    });
    for (const [name, values] of Object.entries(headers)) {
      file.create_dataset({ name, data: values, shape: [count], chunks: [1], maxshape: [null] });
    }
    file.create_attribute("version", 6.6);
  });
}

async function writeMaster(
  path: string,
  positions: readonly (readonly [number, number])[],
  release: 6 | 9 | 10,
): Promise<void> {
  const rows = Math.max(...positions.map(([row]) => row)) + 1;
  const columns = positions.length / rows;
  await withLibrary(path, (file) => {
    for (const group of ["entry", "entry/data", "entry/instrument", "entry/instrument/detector"]) {
      file.create_group(group);
    }
    const detector = file.get("entry/instrument/detector") as typeof file;
    const write = (name: string, data: string | Int32Array) =>
      detector.create_dataset(typeof data === "string" ? { name, data } : { name, data, shape: [] });
    write("Detector Type", "Jungfrau");
    write("Timestamp", "Thu Nov 26 18:55:35 2026\n");
    write("Acquisition Period", "0.01s");
    if (release === 10) {
      detector.create_dataset({
        name: "Geometry",
        data: new Map([
          ["x", [columns]],
          ["y", [rows]],
        ]),
        shape: [],
        dtype: [
          ["x", "<i4"],
          ["y", "<i4"],
        ],
      });
    } else {
      write("Geometry in x axis", new Int32Array([columns]));
      write("Geometry in y axis", new Int32Array([rows]));
    }
    file.create_external_link("/data/gone/run_virtual_1.h5", "/data", "/entry/data/data");
    file.create_attribute("version", 6.6);
  });
}

/** What differs from file to file. */
export interface SwissfelFileOptions {
  readonly frameNumbers?: readonly number[];
  readonly isGood?: readonly number[];
  readonly daqRec?: readonly number[];
  readonly pulses?: readonly number[];
  readonly rows?: number;
  /** Numbers lie in [frames, 1] instead of [frames]. */
  readonly columns?: boolean;
  readonly isCompressed?: boolean;
  /** In place of {@link wordsOf}. */
  readonly words?: (frameNumber: number, port: number) => Uint16Array;
  readonly without?: readonly string[];
}

/** HDF5's number of bitshuffle, and the option that compresses with LZ4, in blocks of the size that it likes. */
const BITSHUFFLE = 32_008;
const WITH_LZ4 = [0, 2];

/** Write a file as SwissFEL's writer does, of detector JF01T03V01. */
export async function writeSwissfelFile(path: string, options: SwissfelFileOptions = {}): Promise<void> {
  const {
    frameNumbers = [501, 502, 503],
    rows = 1024,
    columns = false,
    isCompressed = true,
    without = [],
  } = options;
  const count = frameNumbers.length;
  const data = new Uint16Array(count * rows * 1024);
  for (const [index, number] of frameNumbers.entries()) {
    for (let port = 0; port < rows / 512; port++)
      data.set((options.words ?? wordsOf)(number, port), (index * rows + port * 512) * 1024);
  }
  const numbers = {
    frame_index: new BigUint64Array(frameNumbers.map(BigInt)),
    pulse_id: new BigUint64Array(
      (options.pulses ?? frameNumbers.map((_, index) => 9_000_000_000 + index)).map(BigInt),
    ),
    daq_rec: new Uint32Array(options.daqRec ?? frameNumbers.map(() => 0)),
    is_good_frame: new Uint8Array(options.isGood ?? frameNumbers.map(() => 1)),
  };
  const library = await (await import("h5wasm/node")).ready;
  const plugins = fileURLToPath(new URL("plugins", import.meta.resolve("h5wasm-plugins")));
  await withLibrary(path, (file) => {
    library.insert_plugin_search_path(plugins, 0);
    for (const group of ["data", "data/JF01T03V01"]) file.create_group(group);
    const detector = file.get("data/JF01T03V01") as typeof file;
    const compression = isCompressed ? { compression: BITSHUFFLE, compression_opts: [...WITH_LZ4] } : {};
    detector.create_dataset({
      name: "data",
      data,
      shape: [count, rows, 1024],
      chunks: [1, rows, 1024],
      ...(compression as object),
    });
    for (const [name, values] of Object.entries(numbers)) {
      if (!without.includes(name))
        detector.create_dataset({ name, data: values, shape: columns ? [count, 1] : [count] });
    }
    library.remove_plugin_search_path(0);
  });
}

/** The recordings of release 9.2 that come with the project's shared files; undefined where those are not. */
export function unpackReal(archive: string, folder: string): boolean {
  const path = join(SHARED, "recordings", archive);
  if (!existsSync(path)) return false;
  execFileSync("tar", ["xzf", path, "-C", folder]);
  return true;
}
