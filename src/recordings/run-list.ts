import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { RecordingError } from "../errors.js";
import { openRegularFile } from "./regular-file.js";

/** Paths of recordings, and what was passed over. */
export interface RunList {
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** A hundred thousand names. */
const MAX_LIST_BYTES = 16 * 2 ** 20;

/** Control characters, but for tabs and ends of lines: of bytes that are no text. */
const NOT_TEXT = /[^\t\n\r\x20-\x7e\u0080-\uffff]/;

/** Whether these are bytes of text, and not of JSON. */
export function looksLikeList(firstBytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(firstBytes);
  return text.trim() !== "" && !NOT_TEXT.test(text) && !text.trimStart().startsWith("{");
}

/**
 * Read a list of masters, as OM's `Jungfrau1MFiles` takes it: a name on each line, relative to the list. Other lines are passed
 * over.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE; _FORMAT if it names none
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
    notes: others === 0 ? [] : [`'${path}': lines that do not name a master are passed over: ${others}.`],
  };
}

/** `run_master_0.h5` of a receiver, or `run_0.JF01T03V01.h5` of SwissFEL. */
function isMaster(name: string): boolean {
  return /_master_.*\.(?:json|h5)$|JF\d+T\d+V\d+.*\.h5$/.test(basename(name));
}

async function readText(path: string): Promise<string> {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_LIST_BYTES) throw noList(path, `a text of ${size} bytes is no list of masters`);
    return await readFile(file, "utf8");
  } finally {
    await file.close();
  }
}

function noList(path: string, what: string): RecordingError {
  return new RecordingError(
    "RECORDING_FORMAT",
    `Cannot read '${path}' as a recording or a list of them: ${what}. docs/recordings.md lists what is read.`,
  );
}
