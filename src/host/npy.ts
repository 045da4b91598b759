import { writeFile } from "node:fs/promises";
import { HostError, messageOf } from "../errors.js";
import type { ArrayData } from "./array-data.js";

const DESCRIPTIONS = { uint16: "<u2", float32: "<f4", int32: "<i4" } as const;

/** The header's size must be a multiple of this. */
const ALIGNMENT_BYTES = 64;

/**
 * An array as numpy stores it: `numpy.load` reads it.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0
 */
export function encodeNpy({ dtype, shape, data }: ArrayData): Uint8Array {
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const prefix = 10; // magic, version, length of the text
  const size = Math.ceil((prefix + text.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = Buffer.alloc(size, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(size - prefix, 8);
  header.write(text, prefix, "latin1");
  header.write("\n", size - 1);
  return Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

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
