import { readSync } from "node:fs";
import { CalibrationError, messageOf } from "../errors.js";
import { NotRegularFileError, withRegularFile } from "../files/index.js";
import type { ConstantsFile } from "./constants.js";

/** Formats that are recognised from a file's first bytes. */
type FileFormat = "hdf5" | "npy" | keyof typeof OTHER_FORMATS;

/** What is known of a constants file before it is read. */
export interface InspectedFile {
  readonly sizeBytes: number;
  /** When it was written, in seconds since 1970. */
  readonly writtenSeconds: number;
  /** Undefined if the first bytes are not those of a known format, as in `.bin` files. */
  readonly format: FileFormat | undefined;
}

/** Common formats that are not supported: what such a file is, and how to convert it. */
const OTHER_FORMATS = {
  gzip: "is compressed with gzip. Unpack it with gunzip.",
  zip: "is a zip archive, such as numpy's .npz. Save one array with numpy.save, or write HDF5.",
  tiff: "is a TIFF image. Write its numbers to HDF5 with h5py.",
  cbf: "is a CBF image. Write its numbers to HDF5 with h5py.",
} as const;

const SIGNATURES: readonly (readonly [FileFormat, signature: string])[] = [
  ["hdf5", "\x89HDF\r\n\x1a\n"],
  ["npy", "\x93NUMPY"],
  ["gzip", "\x1f\x8b"],
  ["zip", "PK\x03\x04"],
  ["tiff", "II*\0"],
  ["tiff", "MM\0*"],
  ["cbf", "###CBF"],
];
const LONGEST_SIGNATURE = 8;

/**
 * Look at a constants file's size and first bytes.
 *
 * @throws {CalibrationError} CALIBRATION_FILE_NOT_READABLE
 */
export function inspectFile({ path, where }: ConstantsFile): InspectedFile {
  const fault = (what: string, cause?: unknown) =>
    new CalibrationError("CALIBRATION_FILE_NOT_READABLE", `${where} ${what}`, { cause });
  try {
    return withRegularFile(path, ({ descriptor, stats }) => {
      if (stats.size === 0) throw fault("is empty. Copy the file again.");
      return {
        sizeBytes: stats.size,
        writtenSeconds: stats.mtimeMs / 1000,
        format: formatOf(descriptor),
      };
    });
  } catch (error) {
    if (error instanceof CalibrationError) throw error;
    if (error instanceof NotRegularFileError)
      throw fault(`cannot be read: ${error.message}. Name a constants file.`, error);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw fault(
        `does not exist: there is no ${path}. Relative names refer to the configuration's folder.`,
        error,
      );
    }
    throw fault(
      `cannot be read: ${messageOf(error)}. Make it readable for the user who runs the monitor.`,
      error,
    );
  }
}

/** The fault of a file in an unsupported format. @param needed  the supported ones: `Masks are HDF5 files.` */
export function wrongFormat(where: string, format: FileFormat | undefined, needed: string): CalibrationError {
  const what =
    format !== undefined && format in OTHER_FORMATS
      ? OTHER_FORMATS[format as keyof typeof OTHER_FORMATS]
      : "is in an unknown format.";
  return new CalibrationError("CALIBRATION_FORMAT", `${where} ${what} ${needed}`);
}

function formatOf(descriptor: number): FileFormat | undefined {
  const bytes = Buffer.alloc(LONGEST_SIGNATURE);
  const start = bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  return SIGNATURES.find(([, signature]) => start.startsWith(signature))?.[0];
}
