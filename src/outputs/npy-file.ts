import { randomUUID } from "node:crypto";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HostError, messageOf } from "../errors.js";
import { encodeNpy, type NpyArray } from "../host/index.js";

/** Error codes of `link` on file systems without hard links, or without ownership of files. */
const CANNOT_LINK: readonly unknown[] = ["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/**
 * Write an array to a new file in a folder: `<stem>.npy`, or `<stem>-2.npy` and so on if that file exists,
 * which is kept. Readers see the complete file or none, and a failure leaves no file behind.
 *
 * @param linkFile  gives a file a second name, like `link` of Node.js
 * @returns the file's name
 * @throws {HostError} HOST_OUTPUT_FAILED
 */
export async function writeNpy(
  folder: string,
  stem: string,
  array: NpyArray,
  linkFile: typeof link = link,
): Promise<string> {
  let name = `${stem}.npy`;
  // In the same folder, because links and renames work only within a file system.
  const part = join(folder, `${name}.${randomUUID()}.part`);
  try {
    try {
      await writeFile(part, encodeNpy(array), { flag: "wx" });
      for (let copy = 2; !(await giveName(part, join(folder, name), linkFile)); copy++) {
        name = `${stem}-${copy}.npy`;
      }
    } finally {
      await rm(part, { force: true });
    }
    return name;
  } catch (error) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write '${join(folder, name)}': ${messageOf(error)}. Check that there is room, and that the folder is still there.`,
      { cause: error },
    );
  }
}

/** Give a file another name, without overwriting a file. @returns false if there is one */
async function giveName(part: string, path: string, linkFile: typeof link): Promise<boolean> {
  try {
    await linkFile(part, path); // a rename would overwrite
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!CANNOT_LINK.includes(codeOf(error))) throw error;
  }
  try {
    await writeFile(path, "", { flag: "wx" }); // reserves the name; the file is empty until the rename
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await rename(part, path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return true;
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
