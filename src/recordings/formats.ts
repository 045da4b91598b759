import type { DetectorLayout } from "../detector.js";
import { RecordingError } from "../errors.js";
import { RAW_FORMAT } from "./raw.js";
import type { Recording, RecordingFormat } from "./recording.js";
import { openRegularFile } from "./regular-file.js";

/** Every format that is read; a file is read by the first that recognises it. */
const FORMATS: readonly RecordingFormat[] = [RAW_FORMAT];

const FIRST_BYTES = 512;

/**
 * Open a recording of any format, by its master or one of its data files.
 *
 * @returns what the caller closes
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED
 */
export async function openRecording(path: string, layout: DetectorLayout): Promise<Recording> {
  const firstBytes = await readFirstBytes(path);
  const format = FORMATS.find((one) => one.recognizes(path, firstBytes));
  if (format !== undefined) return format.open(path, layout);
  throw new RecordingError(
    "RECORDING_FORMAT",
    `'${path}' is no recording that is read. Name a run's master (run_master_0.json or .h5), one of its data files, or a ` +
      "text file that lists masters.",
  );
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
