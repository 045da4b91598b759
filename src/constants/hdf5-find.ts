import type { Entity, Group } from "h5wasm/node";
import { CalibrationError } from "../errors.js";
import type { Hdf5Dataset, OpenHdf5 } from "./hdf5-library.js";

/**
 * Find a dataset by its name, such as `data/data`.
 *
 * @returns undefined if nothing has that name
 * @throws {CalibrationError} CALIBRATION_FORMAT if the name belongs to something else, or for a link into another file
 */
export function findDataset({ file, where: fileWhere }: OpenHdf5, name: string): Hdf5Dataset | undefined {
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
      "CALIBRATION_FORMAT",
      `${where} is a group or a dangling link, not an array of numbers. Name the right file.`,
    );
  }
  return entity as Hdf5Dataset;
}

/** HDF5 would follow an external link to any file, even to a pipe from which nothing ever comes. */
function refuseExternalLink(group: Group, name: string, where: string): void {
  const { filename } = group.get_external_link(`${group.path === "/" ? "" : group.path}/${name}`);
  if (filename === undefined) return;
  throw new CalibrationError(
    "CALIBRATION_FORMAT",
    `${where} is a link into another file, '${filename}'. Name that file, or write the numbers into this one.`,
  );
}

function typeOf(entity: Entity | null): string | undefined {
  return entity !== null && "type" in entity ? entity.type : undefined;
}
