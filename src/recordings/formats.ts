import type { DetectorLayout } from "../detector.js";
import { RecordingError } from "../errors.js";
import { HDF5_FORMAT } from "./hdf5.js";
import { RAW_FORMAT } from "./raw.js";
import type { Recording, RecordingFormat } from "./recording.js";
import { openRegularFile } from "./regular-file.js";
import { looksLikeList, type RunList, readRunList } from "./run-list.js";

/** All supported formats; the first that recognises a file reads it. */
const FORMATS: readonly RecordingFormat[] = [RAW_FORMAT, HDF5_FORMAT];

const FIRST_BYTES = 512;

/**
 * Open a recording of any format, by its master or one of its data files.
 *
 * @returns the recording, which the caller closes
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED
 */
export async function openRecording(path: string, layout: DetectorLayout): Promise<Recording> {
  const format = formatOf(path, await readFirstBytes(path));
  if (format !== undefined) return format.open(path, layout);
  throw new RecordingError(
    "RECORDING_FORMAT",
    `'${path}' is not a recording in a supported format. Name a run's master, such as run_master_0.json, one of its data ` +
      "files, or a text file that lists masters.",
  );
}

/**
 * The recordings of a name: the file itself, or those of a list.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT
 */
export async function recordingsOf(path: string): Promise<RunList> {
  const firstBytes = await readFirstBytes(path);
  const isList = formatOf(path, firstBytes) === undefined && looksLikeList(firstBytes);
  return isList ? readRunList(path) : { paths: [path], notes: [] };
}

function formatOf(path: string, firstBytes: Uint8Array): RecordingFormat | undefined {
  return FORMATS.find((one) => one.recognizes(path, firstBytes));
}

/** @throws {RecordingError} RECORDING_NOT_READABLE */
async function readFirstBytes(path: string): Promise<Uint8Array> {
  const file = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(FIRST_BYTES), 0, FIRST_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
