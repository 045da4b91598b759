import { writeFile } from "node:fs/promises";
import { HostError, messageOf } from "../errors.js";
import { encodeNpy } from "../npy.js";
import type { ArrayData } from "./array-data.js";

/**
 * Write an array to a new file.
 *
 * @returns false if there is a file of that name already, which stays as it is
 * @throws {HostError} HOST_OUTPUT_FAILED
 */
export async function writeNpy(path: string, array: ArrayData): Promise<boolean> {
  try {
    await writeFile(path, encodeNpy(array), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write '${path}': ${messageOf(error)}. Check that there is room, and that the folder is still there.`,
      { cause: error },
    );
  }
}
