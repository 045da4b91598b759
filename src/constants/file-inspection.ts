import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { CalibrationError, messageOf } from "../errors.js";
import type { ConstantsFile } from "./constants.js";

/** What can be said of a constants file before it is read. */
export interface InspectedFile {
  readonly sizeBytes: number;
  /** Whether it begins as HDF5 files do. */
  readonly isHdf5: boolean;
}

const HDF5_SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/**
 * Look at a constants file's size and first bytes.
 *
 * @throws {CalibrationError} CALIBRATION_FILE_NOT_FOUND, _NOT_A_FILE, _FILE_EMPTY, _FILE_NOT_READABLE
 */
export async function inspectFile({ path, where }: ConstantsFile): Promise<InspectedFile> {
  const fault = (code: FaultCode, what: string, cause?: unknown) =>
    new CalibrationError(code, `${where} ${what}`, { cause });
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw fault("CALIBRATION_NOT_A_FILE", "is a folder or a device. Name a file.");
    if (stats.size === 0) throw fault("CALIBRATION_FILE_EMPTY", "is empty. Copy the file again.");
    await access(path, constants.R_OK);
    return { sizeBytes: stats.size, isHdf5: await beginsAsHdf5(path) };
  } catch (error) {
    if (error instanceof CalibrationError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw fault(
        "CALIBRATION_FILE_NOT_FOUND",
        `does not exist: there is no ${path}. Relative names start at the configuration's folder.`,
        error,
      );
    }
    throw fault(
      "CALIBRATION_FILE_NOT_READABLE",
      `cannot be read: ${messageOf(error)}. Make it readable for whoever runs the monitor.`,
      error,
    );
  }
}

type FaultCode =
  | "CALIBRATION_FILE_NOT_FOUND"
  | "CALIBRATION_NOT_A_FILE"
  | "CALIBRATION_FILE_EMPTY"
  | "CALIBRATION_FILE_NOT_READABLE";

async function beginsAsHdf5(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(HDF5_SIGNATURE.length) });
    return buffer.equals(HDF5_SIGNATURE);
  } finally {
    await file.close();
  }
}
