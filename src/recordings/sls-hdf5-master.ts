import { basename } from "node:path";
import { RecordingError } from "../errors.js";
import type { Hdf5File } from "./hdf5-file.js";
import { durationSeconds, type Master, timeOf } from "./master.js";

const DETECTOR = "entry/instrument/detector";

/** Datasets of {@link DETECTOR} in masters of release 9, and of release 10 if they differ. */
const GEOMETRY = "Geometry";
const GEOMETRY_COLUMNS = "Geometry in x axis";
const GEOMETRY_ROWS = "Geometry in y axis";

/** Whether a file has the groups of an slsReceiver's HDF5 master. */
export function isHdf5Master(file: Hdf5File): boolean {
  return file.names(DETECTOR).includes("Detector Type");
}

/**
 * Read an HDF5 master of release 9 (version 6.6) or 10.
 *
 * @param notes  gets a sentence if something in it cannot be read
 * @throws {RecordingError} RECORDING_FORMAT for another detector
 */
export function hdf5Master(file: Hdf5File, notes: string[]): Master {
  const unreadable: string[] = [];
  const get = (name: string) => {
    try {
      return file.value(`${DETECTOR}/${name}`);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      unreadable.push(name);
      return undefined;
    }
  };
  const detector = get("Detector Type");
  if (typeof detector === "string" && !/jungfrau/i.test(detector)) {
    throw file.fault(
      "RECORDING_FORMAT",
      `is from a detector of type ${detector}. Name a recording of a JUNGFRAU.`,
    );
  }
  const pair = get(GEOMETRY);
  const [columns, rows] = Array.isArray(pair)
    ? pair.map(count)
    : [count(get(GEOMETRY_COLUMNS)), count(get(GEOMETRY_ROWS))];
  const master: Master = {
    version: file.version(),
    startSeconds: timeOf(get("Timestamp")),
    periodSeconds: durationSeconds(get("Acquisition Period")),
    geometry: rows === undefined || columns === undefined ? undefined : [rows, columns],
    imageBytes: count(get("Image Size")),
    frames: count(get("Frames in File")),
  };
  if (unreadable.length > 0) {
    notes.push(
      `'${basename(file.path)}' is truncated or damaged: it does not contain ${unreadable.join(", ")}.`,
    );
  }
  return master;
}

function count(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
