import { realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { CalibrationError, isMonitorError } from "../errors.js";
import { provideFilters } from "./hdf5-filters.js";
import { findDataset } from "./hdf5-find.js";
import { type Hdf5Dataset, hdf5Reason, type OpenHdf5 } from "./hdf5-library.js";
import { product } from "./number-array.js";

/** Virtual datasets of virtual datasets are rare; beyond this many, they go round in a circle. */
const MAX_DEPTH = 8;

/**
 * Make sure that a dataset's numbers can be read as they are stored: HDF5 gives zeros or old memory for a virtual
 * dataset whose source is missing, and unpacks a chunk whole, however large it claims to be.
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT, _SHAPE, _FILE_NOT_READABLE
 */
export function prepareToRead(open: OpenHdf5, dataset: Hdf5Dataset, where: string, depth = 0): void {
  provideFilters(open.library, dataset, where);
  const { chunks, shape, virtual_sources: sources = [] } = dataset.metadata;
  if (chunks && product(chunks) > product(shape ?? [])) {
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where} is [${shape?.join(", ")}] in chunks of [${chunks.join(", ")}], larger than itself. Write it again with chunks ` +
        "of its own size.",
    );
  }
  if (depth > MAX_DEPTH) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is a virtual dataset whose sources go round in a circle. Write the numbers into the file.`,
    );
  }
  // A virtual dataset names a file once for each part that it takes from it.
  const different = new Map(sources.map((source) => [`${source.file_name}\0${source.dset_name}`, source]));
  for (const { file_name, dset_name } of different.values()) {
    prepareSource(open, file_name, dset_name.replace(/^\//, ""), where, depth + 1);
  }
}

function prepareSource(
  open: OpenHdf5,
  name: string,
  datasetName: string,
  where: string,
  depth: number,
): void {
  if (name === ".") {
    prepareSourceDataset(open, datasetName, where, depth);
    return;
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
        depth,
      );
    } finally {
      file.close();
    }
  } catch (error) {
    if (isMonitorError(error)) throw error;
    throw unreadableSource(where, name, `cannot be read: ${hdf5Reason(error)}. Copy that file again`, error);
  }
}

function prepareSourceDataset(open: OpenHdf5, name: string, where: string, depth: number): void {
  const dataset = findDataset(open, name);
  if (dataset !== undefined) {
    prepareToRead(open, dataset, `${open.where}: /${name}`, depth);
    return;
  }
  throw unreadableSource(where, open.path, `has no dataset /${name}. Copy the right file there`);
}

/** The path of a source file, in the order in which HDF5 looks for it. */
function findSource(name: string, virtualPath: string, where: string): string {
  const beside = isAbsolute(name) ? basename(name) : name;
  const places = [
    ...(isAbsolute(name) ? [name] : []),
    join(dirname(virtualPath), beside),
    resolve(beside),
    join(dirname(realpathSync(virtualPath)), beside),
  ];
  for (const place of places) {
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isFile()) return place;
    throw unreadableSource(where, name, `is a folder or a device: ${place}. Copy the right file there`);
  }
  throw unreadableSource(where, name, `does not exist. Copy that file to ${dirname(virtualPath)}`);
}

function unreadableSource(where: string, name: string, what: string, cause?: unknown): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_FILE_NOT_READABLE",
    `${where} is a virtual dataset, and its source file '${name}' ${what}, or write the numbers into this file.`,
    { cause },
  );
}
