import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { RecordingError } from "../errors.js";
import { openRegularFile } from "./regular-file.js";

/** Paths of recordings, and notes on ignored lines. */
export interface RunList {
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** Enough for a hundred thousand names. */
const MAX_LIST_BYTES = 16 * 2 ** 20;

/** Control characters other than tabs and line ends: bytes that are not text. */
const NOT_TEXT = /[^\t\n\r\x20-\x7e\u0080-\uffff]/;

/** Whether these bytes are text other than JSON. */
export function looksLikeList(firstBytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(firstBytes);
  return text.trim() !== "" && !NOT_TEXT.test(text) && !text.trimStart().startsWith("{");
}

/**
 * Read a list of masters, as OM's `Jungfrau1MFiles` takes it: one name per line, relative to the list. Other lines
 * are ignored.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE; _FORMAT if it contains none
 */
export async function readRunList(path: string): Promise<RunList> {
  const lines = (await readText(path))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const masters = lines.filter(isMaster);
  if (masters.length === 0) throw noList(path, "no line of it names a master, such as run_master_0.h5");
  const others = lines.length - masters.length;
  return {
    paths: masters.map((name) => resolve(dirname(path), name)),
    notes: others === 0 ? [] : [`'${path}': ignored lines that do not name a master: ${others}.`],
  };
}

/** `run_master_0.h5` from a receiver, or `run_0.JF01T03V01.h5` from SwissFEL. */
function isMaster(name: string): boolean {
  return /_master_.*\.(?:json|h5)$|JF\d+T\d+V\d+.*\.h5$/.test(basename(name));
}

async function readText(path: string): Promise<string> {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_LIST_BYTES) throw noList(path, `a text of ${size} bytes is not a list of masters`);
    return await readFile(file, "utf8");
  } finally {
    await file.close();
  }
}

function noList(path: string, what: string): RecordingError {
  return new RecordingError(
    "RECORDING_FORMAT",
    `Cannot read '${path}' as a recording or a list of them: ${what}. docs/recordings.md lists the supported formats.`,
  );
}
