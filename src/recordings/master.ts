import { readFile } from "node:fs/promises";
import type { DetectorLayout } from "../detector.js";
import { messageOf, RecordingError } from "../errors.js";
import { MASTER_KEYS, NO_ROI } from "./raw-layout.js";
import { openRegularFile } from "./regular-file.js";

/** The content of a run's master; values that are missing or invalid are undefined. */
export interface Master {
  readonly version: string | undefined;
  /** When it was written, in seconds since 1970. */
  readonly startSeconds: number | undefined;
  readonly periodSeconds: number | undefined;
  /** Rows and columns of ports. */
  readonly geometry: readonly [rows: number, columns: number] | undefined;
  readonly imageBytes: number | undefined;
  /** Number of frames that the files of each port should contain. */
  readonly frames: number | undefined;
}

/** Many times the size that a receiver writes. */
const MAX_MASTER_BYTES = 2 ** 20;

type Entries = Readonly<Record<string, unknown>>;

/**
 * Read a JSON master of version 7.x or 8.0.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE; _DAMAGED if it is not JSON; _FORMAT for another detector, or for
 *   cropped images
 */
export async function readMaster(path: string, layout: DetectorLayout): Promise<Master> {
  const entries = parse(path, await readText(path));
  const get = (key: keyof typeof MASTER_KEYS) =>
    MASTER_KEYS[key].map((name) => entries[name]).find((value) => value !== undefined);
  const detector = get("detectorType");
  if (typeof detector === "string" && !/jungfrau/i.test(detector)) {
    throw wrongFormat(path, `it is from a detector of type ${detector}, not from a ${layout.name}`);
  }
  const geometry = pair(get("geometry"));
  const pixels = pair(get("pixels"));
  if (isCut(get("receiverRoi"), product(geometry, pixels))) {
    throw wrongFormat(
      path,
      "it was recorded with a region of interest, and its images are cropped. Clear the region and record again: sls_detector_put rx_clearroi",
    );
  }
  const version = get("version");
  return {
    version: typeof version === "number" ? version.toFixed(1) : undefined,
    startSeconds: timeOf(get("timestamp")),
    periodSeconds: durationSeconds(get("period")),
    geometry: geometry && [geometry.y, geometry.x],
    imageBytes: count(get("imageBytes")),
    frames: count(get("framesInFile")),
  };
}

async function readText(path: string): Promise<string> {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_MASTER_BYTES)
      throw wrongFormat(path, `it has ${size} bytes, but a master has a few thousand`);
    return await readFile(file, "utf8");
  } finally {
    await file.close();
  }
}

function parse(path: string, text: string): Entries {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Entries;
  } catch (error) {
    throw new RecordingError(
      "RECORDING_DAMAGED",
      `Master '${path}' is not JSON (${messageOf(error)}). Copy it again, or name one of its data files.`,
      { cause: error },
    );
  }
  throw wrongFormat(path, "it is not the master of a run");
}

function wrongFormat(path: string, what: string): RecordingError {
  return new RecordingError("RECORDING_FORMAT", `Cannot read recording '${path}': ${what}.`);
}

interface Pair {
  readonly x: number;
  readonly y: number;
}

/** Whether any region of interest excludes pixels of the detector. */
function isCut(rois: unknown, detector: Pair): boolean {
  return [rois].flat().some((roi) => {
    if (typeof roi !== "object" || roi === null) return false;
    const { xmin, xmax, ymin, ymax } = roi as Readonly<Record<string, number>>;
    if ([xmin, xmax, ymin, ymax].every((limit) => limit === NO_ROI || limit === -1)) return false;
    return !(xmin === 0 && ymin === 0 && xmax === detector.x - 1 && ymax === detector.y - 1);
  });
}

function product(one: Pair = { x: 0, y: 0 }, other: Pair = { x: 0, y: 0 }): Pair {
  return { x: one.x * other.x, y: one.y * other.y };
}

function pair(value: unknown): Pair | undefined {
  const { x, y } = (typeof value === "object" && value !== null ? value : {}) as Entries;
  const columns = count(x);
  const rows = count(y);
  return columns === undefined || rows === undefined ? undefined : { x: columns, y: rows };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Parses `Thu Nov 26 18:55:34 2026`. A receiver writes its local time; this machine's time zone is assumed. */
export function timeOf(value: unknown): number | undefined {
  const match = /^\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d\d:\d\d:\d\d)\s+(\d{4})\s*$/.exec(String(value));
  if (match === null) return undefined;
  const [, month, day, time, year] = match;
  const milliseconds = Date.parse(`${day} ${month} ${year} ${time}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Parses `0.1s` or `10us`. */
export function durationSeconds(value: unknown): number | undefined {
  const [, number, unit = ""] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*(s|ms|us|ns)\s*$/i.exec(String(value)) ?? [];
  const seconds = Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
