import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, RecordingError } from "../errors.js";
import { masterFileName, parseMasterFileName, parseRawFileName } from "./raw-layout.js";

/** One data file of a run. */
interface DataFile {
  readonly path: string;
  readonly part: number;
}

/** The files of a run, in the folder of the one that was named. */
export interface RawRun {
  /** Path of the master; undefined if there is none. */
  readonly master: string | undefined;
  /** By port, as numbered in the file names; each in the order of its parts. */
  readonly ports: ReadonlyMap<number, readonly DataFile[]>;
  /** Missing parts between others. */
  readonly missing: readonly string[];
}

/**
 * Find all files of a run by its master or one of its data files. A data file whose name is not one that a receiver
 * gives is a separate run.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE if there is no data file
 */
export async function findRun(path: string): Promise<RawRun> {
  const fileName = basename(path);
  const data = parseRawFileName(fileName);
  const named = data ?? parseMasterFileName(fileName);
  if (named === undefined) {
    if (!fileName.endsWith(".json")) {
      return { master: undefined, ports: new Map([[0, [{ path, part: 0 }]]]), missing: [] };
    }
    throw notReadable(
      path,
      "the name of a master is NAME_master_NUMBER.json, and gives the names of its data files",
    );
  }
  const { name, run } = named;
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw notReadable(path, messageOf(error));
  });
  const files = names
    .map((one) => ({ path: join(folder, one), ...parseRawFileName(one) }))
    .filter((one) => one.name === name && one.run === run);
  if (files.length === 0) {
    throw notReadable(path, `its data files (${name}_d0_f0_${run}.raw …) are not in its folder`);
  }
  const master = masterFileName(named);
  const grouped = groupByPort(files);
  const ports = new Map([...grouped].toSorted(([one], [other]) => one - other));
  return {
    master: names.includes(master) ? join(folder, master) : undefined,
    ports,
    missing: [...ports].flatMap(([port, parts]) =>
      missingParts(parts).map((part) => `${name}_d${port}_f${part}_${run}.raw`),
    ),
  };
}

interface FoundFile {
  readonly path: string;
  readonly portIndex?: number;
  readonly part?: number;
}

function groupByPort(files: readonly FoundFile[]): Map<number, DataFile[]> {
  const ports = new Map<number, DataFile[]>();
  for (const { path, portIndex = 0, part = 0 } of files) {
    ports.set(portIndex, [...(ports.get(portIndex) ?? []), { path, part }]);
  }
  for (const parts of ports.values()) parts.sort((one, other) => one.part - other.part);
  return ports;
}

/** At most as many as there are files: a name may contain any number. */
function missingParts(parts: readonly DataFile[]): number[] {
  const there = new Set(parts.map(({ part }) => part));
  const last = Math.min(parts.at(-1)?.part ?? 0, 2 * parts.length);
  return Array.from({ length: last }, (_, part) => part).filter((part) => !there.has(part));
}

function notReadable(path: string, why: string): RecordingError {
  return new RecordingError(
    "RECORDING_NOT_READABLE",
    `Cannot read recording '${path}': ${why}. Copy master and data files of a run into one folder.`,
  );
}
