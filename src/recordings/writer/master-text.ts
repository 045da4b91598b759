import { BYTES_PER_WORD, MODULE_COLUMNS, MODULE_ROWS } from "../../detector.js";
import { MASTER_KEYS } from "../raw-layout.js";

/** The content of a run's master. */
export interface RunFacts {
  /** Columns and rows of ports. */
  readonly geometry: { readonly x: number; readonly y: number };
  /** Size of a port's image. */
  readonly rows: number;
  readonly framesPerFile: number;
  /** Number of frames that every port has. */
  readonly frames: number;
  /** When the first frame arrived, in seconds since 1970. */
  readonly startSeconds: number;
  /** 0 if unknown. */
  readonly exposureSeconds: number;
  /** From frame to frame; 0 if unknown. */
  readonly periodSeconds: number;
  /** Values that `rx_jsonpara` had added to the first frame's header, as JSON. */
  readonly added: string | undefined;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/**
 * The master of a run in version 8.0 (release 10). Settings that a stream does not contain have their defaults:
 * timing mode, discard policy, padding, no scan, no region of interest.
 *
 * @see the keys that aare's reader of masters needs: https://github.com/slsdetectorgroup/aare
 */
export function rawMaster(facts: RunFacts): string {
  const { geometry, rows, frames } = facts;
  const master = {
    [named("version")]: 8,
    [named("timestamp")]: cTime(facts.startSeconds),
    [named("detectorType")]: "Jungfrau",
    "Timing Mode": "auto",
    [named("geometry")]: geometry,
    [named("imageBytes")]: rows * MODULE_COLUMNS * BYTES_PER_WORD,
    [named("pixels")]: { x: MODULE_COLUMNS, y: rows },
    [named("maxFramesPerFile")]: facts.framesPerFile,
    "Frame Discard Policy": "nodiscard",
    "Frame Padding": 1,
    "Scan Parameters": {
      enable: 0,
      dacInd: 0,
      "start offset": 0,
      "stop offset": 0,
      "step size": 0,
      "dac settle time ns": 0,
    },
    [named("totalFrames")]: frames,
    [named("receiverRoi")]: [
      { xmin: 0, xmax: geometry.x * MODULE_COLUMNS - 1, ymin: 0, ymax: geometry.y * rows - 1 },
    ],
    [named("exposureTime")]: nanoseconds(facts.exposureSeconds),
    [named("period")]: nanoseconds(facts.periodSeconds),
    [named("interfaces")]: MODULE_ROWS / rows,
    "Number of rows": MODULE_ROWS,
    [named("framesInFile")]: frames,
    "Additional JSON Header": facts.added === undefined ? {} : JSON.parse(facts.added),
  };
  // A reader may compare the version as text.
  return `${JSON.stringify(master, undefined, 4).replace('"Version": 8,', '"Version": 8.0,')}\n`;
}

/** A key in the spelling of version 8.0, which is the last one in the list. */
function named(key: keyof typeof MASTER_KEYS): string {
  return MASTER_KEYS[key].at(-1) as string;
}

function nanoseconds(seconds: number): string {
  return `${Math.round(seconds * 1e9)}ns`;
}

/** `Thu Nov 26 18:55:34 2026`, as C's `ctime` writes a time, in the time zone of this machine. */
function cTime(seconds: number): string {
  const date = new Date(1000 * seconds);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) =>
    String(value).padStart(2, "0"),
  );
  const day = String(date.getDate()).padStart(2);
  return `${WEEKDAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${time.join(":")} ${date.getFullYear()}`;
}
