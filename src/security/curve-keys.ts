import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { messageOf, StreamError } from "../errors.js";
import { decodeZ85 } from "./z85.js";

const KEY_CHARACTERS = 40;

/** Keys of ZeroMQ's CURVE security, in Z85: 40 characters each. */
export interface CurveKeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** What a socket that others connect to needs. */
export interface CurveServerKeys {
  readonly secretKey: string;
  /** Public keys of those that are let in; undefined for all that know the server's. */
  readonly clients: readonly string[] | undefined;
}

/** Names of the two files of a key pair. They have the form of pyzmq's certificates, which may be used as well. */
export const keyFileNames = (name: string) => ({ public: `${name}.key`, secret: `${name}.key_secret` });

/**
 * Write a key pair to `<name>.key`, which others get, and `<name>.key_secret`, which only its owner may read.
 *
 * @throws {StreamError} STREAM_KEY_FILE, also rather than overwrite a key
 */
export async function writeKeyFiles(name: string, keys: CurveKeyPair): Promise<void> {
  const names = keyFileNames(name);
  try {
    await writeFile(names.secret, keyFileText(keys, true), { flag: "wx", mode: 0o600 });
    try {
      await writeFile(names.public, keyFileText(keys, false), { flag: "wx" });
    } catch (error) {
      await rm(names.secret); // half a pair would only be in the way
      throw error;
    }
  } catch (error) {
    throw new StreamError(
      "STREAM_KEY_FILE",
      `Cannot write '${names.secret}' and '${names.public}': ${messageOf(error)}. Choose another name; keys are never overwritten.`,
      { cause: error },
    );
  }
}

function keyFileText({ publicKey, secretKey }: CurveKeyPair, withSecret: boolean): string {
  return (
    `# ZeroMQ CURVE ${withSecret ? "key pair. Keep it to yourself" : "public key. Give it to the other side"}.\n` +
    `metadata\ncurve\n    public-key = "${publicKey}"\n${withSecret ? `    secret-key = "${secretKey}"\n` : ""}`
  );
}

/** @throws {StreamError} STREAM_KEY_FILE */
export function readPublicKey(path: string): string {
  return keyIn(path, "public-key");
}

/** @throws {StreamError} STREAM_KEY_FILE */
export function readKeyPair(path: string): CurveKeyPair {
  return { publicKey: keyIn(path, "public-key"), secretKey: keyIn(path, "secret-key") };
}

function keyIn(path: string, field: "public-key" | "secret-key"): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw badKeyFile(path, messageOf(error), error);
  }
  const value = new RegExp(`^\\s*${field}\\s*=\\s*"([^"]*)"`, "m").exec(text)?.[1];
  if (value === undefined) throw badKeyFile(path, `it holds no ${field}`);
  // A socket that ZeroMQ refuses a key crashes the process when that ends.
  if (keyBytes(value) === undefined) {
    throw badKeyFile(path, `its ${field} is not one of ${KEY_CHARACTERS} characters in Z85`);
  }
  return value;
}

/** The bytes of a key; undefined if it is none. */
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
