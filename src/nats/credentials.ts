import type { Logger } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";
import { isReadableByOthers, readTextFile } from "../files/index.js";

/** A credentials file of NATS has some 1.5 kB. */
const MAX_FILE_BYTES = 16_384;

/** How a client identifies itself to a NATS server. `creds` is the content of a `.creds` file: a JWT and its key. */
export type NatsCredentials =
  | { readonly creds: string }
  | { readonly user: string; readonly pass: string }
  | { readonly token: string };

/**
 * Read the credentials for a NATS server: a credentials file of NATS (`.creds`), or one line with `USER:PASSWORD`
 * or a token.
 *
 * @returns undefined without a path
 * @throws {HostError} HOST_NATS_CREDENTIALS
 */
export function readNatsCredentials(path: string | undefined, logger: Logger): NatsCredentials | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    const file = readTextFile(path, MAX_FILE_BYTES);
    text = file.text.trim();
    if (isReadableByOthers(file.mode)) {
      logger.warn(`'${path}': other users can read these credentials. Make the file private: chmod 600.`);
    }
  } catch (error) {
    throw fault(path, messageOf(error), error);
  }
  // The library parses such a file only if its last line has an end.
  if (text.includes("-BEGIN NATS USER JWT-")) return { creds: `${text}\n` };
  if (!/^\S+$/.test(text)) throw fault(path, "it does not contain one line without spaces");
  const colon = text.indexOf(":");
  return colon < 0 ? { token: text } : { user: text.slice(0, colon), pass: text.slice(colon + 1) };
}

function fault(path: string, reason: string, cause?: unknown): HostError {
  return new HostError(
    "HOST_NATS_CREDENTIALS",
    `Cannot take credentials for NATS from '${path}': ${reason}. Write one line, USER:PASSWORD or a token, or use a .creds file of NATS.`,
    { cause },
  );
}
