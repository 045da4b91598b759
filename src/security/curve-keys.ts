import { rm, writeFile } from "node:fs/promises";
import { messageOf, StreamError } from "../errors.js";
import { isReadableByOthers, readTextFile } from "../files/index.js";
import { decodeZ85 } from "./z85.js";

const KEY_CHARACTERS = 40;
/** A key file has some 200 bytes, plus comments. */
const MAX_FILE_BYTES = 65_536;

/** Keys of ZeroMQ's CURVE security, in Z85: 40 characters each. */
export interface CurveKeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** The keys of a socket to which others connect. */
export interface CurveServerKeys {
  readonly secretKey: string;
  /** Public keys of accepted clients; undefined to accept all that know the server's key. */
  readonly clients: readonly string[] | undefined;
}

/** Names of the two files of a key pair. They have the format of pyzmq's certificates, which can be used as well. */
export const keyFileNames = (name: string) => ({ public: `${name}.key`, secret: `${name}.key_secret` });

/**
 * Write a key pair to `<name>.key`, for the other side, and `<name>.key_secret`, which only its owner can read.
 *
 * @throws {StreamError} STREAM_KEY_FILE, also instead of overwriting a key
 */
export async function writeKeyFiles(name: string, keys: CurveKeyPair): Promise<void> {
  const names = keyFileNames(name);
  try {
    await writeFile(names.secret, keyFileText(keys, true), { flag: "wx", mode: 0o600 });
    try {
      await writeFile(names.public, keyFileText(keys, false), { flag: "wx" });
    } catch (error) {
      await rm(names.secret); // half a pair would be useless
      throw error;
    }
  } catch (error) {
    throw new StreamError(
      "STREAM_KEY_FILE",
      `Cannot write '${names.secret}' and '${names.public}': ${messageOf(error)}. ${writeMend(error)}`,
      { cause: error },
    );
  }
}

function writeMend(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EEXIST":
      return "Choose another name; keys are never overwritten.";
    case "ENOENT":
      return "Make the folder first, or name another.";
    default:
      return "Name a folder that you may write to and that has room.";
  }
}

function keyFileText({ publicKey, secretKey }: CurveKeyPair, withSecret: boolean): string {
  return (
    `# ZeroMQ CURVE ${withSecret ? "key pair. Keep it to yourself" : "public key. Give it to the other side"}.\n` +
    `metadata\ncurve\n    public-key = "${publicKey}"\n${withSecret ? `    secret-key = "${secretKey}"\n` : ""}`
  );
}

/** @throws {StreamError} STREAM_KEY_FILE, also for the file of a key pair, whose secret belongs only to its owner */
export function readPublicKey(path: string): string {
  const { text } = read(path);
  if (fieldIn(text, "secret-key") !== undefined) {
    throw new StreamError(
      "STREAM_KEY_FILE",
      `Key file '${path}': it contains a secret key, but the other side's public key is needed. Name the file with the ` +
        "public key alone, NAME.key; NAME.key_secret stays with its owner.",
    );
  }
  return keyIn(path, text, "public-key");
}

/**
 * @param warn  called if other users can read the file
 * @throws {StreamError} STREAM_KEY_FILE
 */
export function readKeyPair(path: string, warn: (message: string) => void): CurveKeyPair {
  const { text, mode } = read(path);
  const pair = { publicKey: keyIn(path, text, "public-key"), secretKey: keyIn(path, text, "secret-key") };
  if (isReadableByOthers(mode)) {
    warn(
      `Key file '${path}': other users can read this secret. Make it private with chmod 600, or make new keys if somebody has read it.`,
    );
  }
  return pair;
}

function read(path: string): { readonly text: string; readonly mode: number } {
  try {
    return readTextFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw badKeyFile(path, messageOf(error), error);
  }
}

type Field = "public-key" | "secret-key";

function fieldIn(text: string, field: Field): string | undefined {
  return new RegExp(`^\\s*${field}\\s*=\\s*"([^"]*)"`, "m").exec(text)?.[1];
}

function keyIn(path: string, text: string, field: Field): string {
  const value = fieldIn(text, field);
  if (value === undefined) throw badKeyFile(path, `it contains no ${field}`);
  // If ZeroMQ rejects a key, closing that socket crashes the process.
  if (keyBytes(value) === undefined) {
    throw badKeyFile(path, `its ${field} is not one of ${KEY_CHARACTERS} characters in Z85`);
  }
  return value;
}

/** The bytes of a key; undefined if the text is not a key. */
export function keyBytes(key: string): Buffer | undefined {
  return key.length === KEY_CHARACTERS ? decodeZ85(key) : undefined;
}

function badKeyFile(path: string, what: string, cause?: unknown): StreamError {
  return new StreamError(
    "STREAM_KEY_FILE",
    `Key file '${path}': ${what}. Make a pair with \`om-jungfrau keygen NAME\`: NAME.key_secret for its owner, NAME.key for ` +
      "the others.",
    { cause },
  );
}
