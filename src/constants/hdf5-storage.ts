import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { CalibrationError, isMonitorError, messageOf } from "../errors.js";
import { withRegularFile } from "../files/index.js";
import { provideFilters } from "./hdf5-filters.js";
import { findDataset } from "./hdf5-find.js";
import { takeRefused, withoutOpening } from "./hdf5-gate.js";
import { type Hdf5Dataset, hdf5Reason, type OpenHdf5 } from "./hdf5-library.js";
import { product } from "./number-array.js";

/** Nested virtual datasets are rare, and HDF5 aborts if the nesting is very deep. */
const MAX_DEPTH = 8;

/** Datasets by `path\0name`. */
interface SeenSources {
  /** From the dataset to read down to the one that is being checked. */
  readonly chain: Set<string>;
  /** Checked, and good. */
  readonly good: Set<string>;
}

/**
 * Make sure that a dataset's numbers can be read as they are stored: HDF5 returns zeros or old memory for a virtual
 * dataset whose source is missing, aborts on one that is its own source, reads the bytes of any file as numbers (external
 * storage), and unpacks whole chunks, however large they claim to be.
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT, _SHAPE, _FILE_NOT_READABLE
 */
export function prepareToRead(open: OpenHdf5, dataset: Hdf5Dataset, where: string): void {
  prepare(open, dataset, where, { chain: new Set(), good: new Set() });
}

/**
 * Run a step in which HDF5 may open only the files that the gate allows.
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT, and what the step throws
 */
export function fromOwnFiles<T>(where: string, step: () => T): T {
  takeRefused(); // left over from another step
  let result: T;
  try {
    result = step();
  } catch (error) {
    refuseOthers(where);
    throw error;
  }
  refuseOthers(where);
  return result;
}

function refuseOthers(where: string): void {
  const refused = takeRefused();
  if (refused === undefined) return;
  throw new CalibrationError(
    "CALIBRATION_FORMAT",
    `${where} takes its numbers from another file, '${refused.path}', which is refused: ${refused.reason}. Write the numbers ` +
      "into this file.",
  );
}

function prepare(open: OpenHdf5, dataset: Hdf5Dataset, where: string, seen: SeenSources): void {
  const key = `${realpathSync(open.path)}\0${dataset.path.replace(/^\//, "")}`;
  if (seen.good.has(key)) return;
  if (seen.chain.has(key) || seen.chain.size > MAX_DEPTH) {
    const how = seen.chain.has(key)
      ? "refer to each other in a circle"
      : `are virtual too, ${MAX_DEPTH} files deep`;
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is a virtual dataset whose sources ${how}. Write the numbers into the file.`,
    );
  }
  seen.chain.add(key);
  provideFilters(open.library, dataset, where);
  const { chunks, shape, virtual_sources: sources = [] } = dataset.metadata;
  if (chunks && product(chunks) > product(shape ?? [])) {
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} is [${shape?.join(", ")}] in chunks of [${chunks.join(", ")}], larger than itself. Write it again with chunks ` +
        "of its own size.",
    );
  }
  if (!chunks && sources.length === 0) refuseExternalStorage(dataset, where);
  // A virtual dataset names a file once per part that it takes from the file.
  const different = new Map(sources.map((source) => [`${source.file_name}\0${source.dset_name}`, source]));
  for (const { file_name, dset_name } of different.values()) {
    prepareSource(open, file_name, dset_name.replace(/^\//, ""), where, seen);
  }
  seen.chain.delete(key);
  seen.good.add(key);
}

/** The library does not report external storage. But a number that is in this file can be read without opening another one. */
function refuseExternalStorage(dataset: Hdf5Dataset, where: string): void {
  fromOwnFiles(where, () =>
    withoutOpening(() => {
      try {
        dataset.slice(dataset.shape?.map((size) => [0, Math.min(size, 1)]) ?? []);
      } catch {} // a damaged dataset fails again when all of it is read
    }),
  );
}

function prepareSource(
  open: OpenHdf5,
  name: string,
  datasetName: string,
  where: string,
  seen: SeenSources,
): void {
  if (name === ".") {
    prepareSourceDataset(open, datasetName, where, seen);
    return;
  }
  if (name.includes("%b")) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is a virtual dataset whose source files have numbers in their names, '${name}'. Write the numbers into this file.`,
    );
  }
  const path = findSource(name, open.path, where);
  const { library } = open;
  try {
    const file = new library.File(path, "r");
    try {
      prepareSourceDataset(
        { library, file, path, where: `${where}: source file '${name}'` },
        datasetName,
        where,
        seen,
      );
    } finally {
      file.close();
    }
  } catch (error) {
    if (isMonitorError(error)) throw error;
    throw unreadableSource(where, name, `cannot be read: ${hdf5Reason(error)}. Copy that file again`, error);
  }
}

function prepareSourceDataset(open: OpenHdf5, name: string, where: string, seen: SeenSources): void {
  const dataset = findDataset(open, name);
  if (dataset !== undefined) {
    prepare(open, dataset, `${open.where}: /${name}`, seen);
    return;
  }
  throw unreadableSource(where, open.path, `has no dataset /${name}. Copy the right file there`);
}

/** The path of a source file. The folders are searched in the same order as by HDF5. */
function findSource(name: string, virtualPath: string, where: string): string {
  const beside = isAbsolute(name) ? basename(name) : name;
  const places = [
    ...(isAbsolute(name) ? [name] : []),
    join(dirname(virtualPath), beside),
    resolve(beside),
    join(dirname(realpathSync(virtualPath)), beside),
  ];
  for (const place of places) {
    try {
      return withRegularFile(place, () => place);
    } catch (error) {
      if (isMissing(error)) continue;
      const reason = `cannot be read at ${place}: ${messageOf(error)}`;
      throw unreadableSource(where, name, `${reason}. Copy the right file there`, error);
    }
  }
  throw unreadableSource(where, name, `does not exist. Copy that file to ${dirname(virtualPath)}`);
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function unreadableSource(where: string, name: string, what: string, cause?: unknown): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_FILE_NOT_READABLE",
    `${where} is a virtual dataset, and its source file '${name}' ${what}, or write the numbers into this file.`,
    { cause },
  );
}
