import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, RecordingError } from "../errors.js";
import { Hdf5File } from "./hdf5-file.js";
import type { Master } from "./master.js";
import { hdf5Master, isHdf5Master } from "./sls-hdf5-master.js";
import { imageDataset } from "./sls-hdf5-part.js";

/** A data file by its name: `run_d0_f0_3.h5`. */
export interface DataFile {
  readonly path: string;
  /** From 0, the `d` of its name. */
  readonly portIndex: number;
  /** From 0, the `f` of its name. */
  readonly part: number;
}

/** The files of a run, all in one folder. */
export interface SlsHdf5Run {
  readonly master: Master | undefined;
  /** Existing files, in the order of ports and parts. */
  readonly dataFiles: readonly DataFile[];
  readonly notes: readonly string[];
}

/**
 * Find the files of a run by any one of them. The links of a master and a virtual file have the paths at which files
 * were written: only the last part of such a path is used, and the file is searched for in the folder of the named
 * one.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED
 */
export async function findRun(path: string): Promise<SlsHdf5Run> {
  const search = new RunSearch(dirname(path));
  const named = await search.lookInto(basename(path)).catch((error: unknown) => error);
  // A run can be read without the named file, if the other names can be derived from its name.
  if (named instanceof RecordingError && named.code === "RECORDING_DAMAGED") search.notes.push(named.message);
  else if (named !== undefined) throw named;
  await search.findByName();
  const { master, notes } = search;
  const dataFiles = [...search.dataFiles.values()].sort(
    (one, other) => one.portIndex - other.portIndex || one.part - other.part,
  );
  if (dataFiles.length > 0) return { master, dataFiles, notes };
  if (named !== undefined) throw named;
  throw new RecordingError(
    "RECORDING_NOT_READABLE",
    `'${path}': none of the run's data files is in its folder. ${notes.join(" ")} Copy the files of a run together.`,
  );
}

class RunSearch {
  master: Master | undefined;
  /** By their names. */
  readonly dataFiles = new Map<string, DataFile>();
  readonly notes: string[] = [];
  readonly #folder: string;
  /** Files that were named or linked. */
  readonly #names: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED */
  async lookInto(name: string): Promise<void> {
    this.#names.push(name);
    const file = await Hdf5File.open(join(this.#folder, name));
    try {
      if (isHdf5Master(file)) {
        this.master = hdf5Master(file, this.notes);
        const linked = file.link("entry/data/data");
        if (linked !== undefined) await this.#follow(linked);
        return;
      }
      const images = imageDataset(file);
      if (images === undefined) {
        throw file.fault(
          "RECORDING_FORMAT",
          "is not a supported recording: it has neither /entry/data of a master, nor /data of images. Name a run's master, or one " +
            "of its data files.",
        );
      }
      const sources = file.sources(images);
      if (sources.length === 0) await this.#add(name);
      for (const source of sources) await this.#add(basename(source), source);
    } finally {
      file.close();
    }
  }

  /** Files of the run that no link led to: a master beside a data file, or data files without links. */
  async findByName(): Promise<void> {
    const run = [...this.dataFiles.keys(), ...this.#names].map(runOf).find((one) => one !== undefined);
    if (run === undefined) return;
    const there = await readdir(this.#folder).catch((error: unknown) => {
      throw new RecordingError(
        "RECORDING_NOT_READABLE",
        `'${this.#folder}' cannot be listed: ${messageOf(error)}. Make it readable.`,
        { cause: error },
      );
    });
    for (const name of there) {
      if (parseDataFile(name) !== undefined && runOf(name) === run) await this.#add(name);
    }
    const master = there.find((name) => /_master_\d+\.h5$/.test(name) && runOf(name) === run);
    if (master !== undefined && this.master === undefined) await this.#tryInto(master);
  }

  async #follow(linked: string): Promise<void> {
    const name = basename(linked);
    const what = await faultOf(join(this.#folder, name));
    if (what === undefined) return this.#tryInto(name);
    this.#names.push(name);
    this.notes.push(
      `'${linked}', which the master links to, ${what}: the data files are found by their names.`,
    );
  }

  /** Examine an optional file of the run. */
  async #tryInto(name: string): Promise<void> {
    if (this.#names.includes(name)) return;
    try {
      await this.lookInto(name);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.notes.push(`${error.message} The data files are found by their names.`);
    }
  }

  /** @param linked  as it was named or linked */
  async #add(name: string, linked = name): Promise<void> {
    if (this.dataFiles.has(name)) return;
    const path = join(this.#folder, name);
    const what = await faultOf(path);
    if (what !== undefined) this.notes.push(`'${linked}' ${what}: its frames are missing.`);
    else
      this.dataFiles.set(name, {
        path,
        ...(parseDataFile(name) ?? { portIndex: this.dataFiles.size, part: 0 }),
      });
  }
}

/** Why a file is not opened; undefined if it can be. */
async function faultOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return "is not in the folder of the recording";
  return stats.isFile() ? undefined : "is not a regular file";
}

function parseDataFile(name: string): { readonly portIndex: number; readonly part: number } | undefined {
  const [, port, part] = /_d(\d{1,4})_f(\d{1,9})_\d+\.h5$/.exec(name) ?? [];
  return port === undefined ? undefined : { portIndex: Number(port), part: Number(part) };
}

/** The common part of a run's file names, such as `run_3` for `run_d0_f0_3.h5`; undefined for other names. */
function runOf(name: string): string | undefined {
  const [, run, number] = /^(.*)_(?:d\d{1,4}_f\d{1,9}|master|virtual)_(\d+)\.h5$/s.exec(name) ?? [];
  return run === undefined ? undefined : `${run}_${number}`;
}
