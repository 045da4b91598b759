import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Logger } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";
import { isReadableByOthers, readTextFile } from "../files/index.js";

/** Characters that a URL can contain unescaped, and enough of them to be unguessable. */
const TOKEN = /^[\w-]{16,256}$/;

/** A token and white space. */
const MAX_FILE_BYTES = 1000;

/**
 * The token of a live view that other machines can reach.
 *
 * @param path  a file with the token, so that pages stay valid after a restart; if missing, it is created,
 *              readable only by its owner. Without a path, the token is for this run only.
 * @throws {HostError} HOST_VIEW_TOKEN
 */
export async function viewToken(path: string | undefined, logger: Logger): Promise<string> {
  const token = randomBytes(24).toString("base64url");
  if (path === undefined) return token;
  try {
    await writeFile(path, `${token}\n`, { flag: "wx", mode: 0o600 });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fault(path, messageOf(error), error);
  }
  let written: string;
  try {
    const { text, mode } = readTextFile(path, MAX_FILE_BYTES);
    written = text.trim();
    if (isReadableByOthers(mode)) {
      logger.warn(`'${path}': other users can read this token. Make it private: chmod 600.`);
    }
  } catch (error) {
    throw fault(path, messageOf(error), error);
  }
  if (!TOKEN.test(written)) throw fault(path, "it does not contain 16 or more letters, digits, - and _");
  return written;
}

function fault(path: string, reason: string, cause?: unknown): HostError {
  return new HostError(
    "HOST_VIEW_TOKEN",
    `Cannot take the live view's token from '${path}': ${reason}. Name a file that is not there yet, and one is made.`,
    { cause },
  );
}
