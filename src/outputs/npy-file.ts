import { randomUUID } from "node:crypto";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HostError, messageOf } from "../errors.js";
import { encodeNpy, type NpyArray } from "../host/index.js";

/** What `link` fails with where there are no hard links, and where files do not belong to whoever writes them. */
const CANNOT_LINK: readonly unknown[] = ["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/**
 * Write an array to a new file in a folder: `<stem>.npy`, or `<stem>-2.npy` and so on if there is a file of that name already,
 * which stays as it is. Readers find the whole file or none, and a failure leaves nothing behind.
 *
 * @param linkFile  gives a file a second name, as `link` of Node.js does
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
  // In the same folder: neither links nor renames go further than a file system.
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

/** Give a file another name, but not over a file that has it. @returns false if there is one */
async function giveName(part: string, path: string, linkFile: typeof link): Promise<boolean> {
  try {
    await linkFile(part, path); // a rename would overwrite
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!CANNOT_LINK.includes(codeOf(error))) throw error;
  }
  try {
    await writeFile(path, "", { flag: "wx" }); // takes the name; until the rename its file is empty
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
