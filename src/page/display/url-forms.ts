import type { ImageName } from "../../viewer/protocol.js";
import { IMAGE_NAMES } from "../../viewer/protocol.js";
import type { Percentiles } from "./autoscale.js";
import type { Line } from "./line-profile.js";
import type { Orientation } from "./orientation.js";
import type { PixelPlace } from "./pixel-reading.js";
import type { Region } from "./region.js";
import type { ChosenDomain } from "./value-range.js";

/** A text format for a value. */
export interface TextForm<T> {
  /** Undefined if the text does not have this format. */
  parse(text: string): T | undefined;
  format(value: NonNullable<T>): string;
}

/** A page's address after `#`, as keys and values. */
export function parseFragment(hash: string): Map<string, string> {
  return new Map(new URLSearchParams(hash.replace(/^#/, "")));
}

/** The inverse of {@link parseFragment}; commas stay readable. */
export function writeFragment(parts: ReadonlyMap<string, string>): string {
  return [...parts]
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`)
    .join("&");
}

export const FLAG: TextForm<boolean> = {
  parse: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  format: (value) => (value ? "1" : "0"),
};

export const COLOUR: TextForm<string> = {
  parse: (text) => (/^#[\da-f]{6}$/i.test(text) ? text : undefined),
  format: (value) => value,
};

export const IMAGE: TextForm<ImageName> = {
  parse: (text) => IMAGE_NAMES.find((name) => name === text),
  format: (value) => value,
};

export const PLACE: TextForm<PixelPlace | null> = {
  parse(text) {
    const [row, column, ...rest] = indices(text);
    return row === undefined || column === undefined || rest.length > 0 ? undefined : { row, column };
  },
  format: ({ row, column }) => `${row},${column}`,
};

/** Degrees clockwise, and `m` if mirrored. */
export const ORIENTATION: TextForm<Orientation> = {
  parse(text) {
    const match = /^(0|90|180|270)(m?)$/.exec(text);
    return match === null ? undefined : { quarterTurns: Number(match[1]) / 90, isMirrored: match[2] === "m" };
  },
  format: ({ quarterTurns, isMirrored }) => `${90 * quarterTurns}${isMirrored ? "m" : ""}`,
};

/** `min,max`; empty for a bound that follows the image. */
export const LIMITS: TextForm<ChosenDomain> = {
  parse(text) {
    const bounds = text.split(",");
    const [min, max] = bounds.map((bound) => (bound === "" ? null : Number(bound)));
    if (bounds.length !== 2 || [min, max].some((bound) => bound !== null && !Number.isFinite(bound))) return;
    return min === undefined || max === undefined ? undefined : [min, max];
  },
  format: (bounds) => bounds.map((bound) => bound ?? "").join(),
};

/** `low,high` in percent. */
export const PERCENTILES: TextForm<Percentiles> = {
  parse(text) {
    const [low, high] = LIMITS.parse(text) ?? [];
    if (typeof low !== "number" || typeof high !== "number") return undefined;
    return low >= 0 && low < high && high <= 100 ? [low, high] : undefined;
  },
  format: (bounds) => bounds.join(),
};

/** The zoom: the point of the image in the middle of the screen, and the visible share of the image. */
export interface ZoomPlace {
  /** Position in the image, in pixels from its corner. */
  readonly row: number;
  readonly column: number;
  /** 1 for the whole image, 0.1 for a tenth of its width or height. */
  readonly acrossShare: number;
  readonly downShare: number;
}

export const ZOOM: TextForm<ZoomPlace> = {
  parse(text) {
    const numbers = text.split(",").map(Number);
    const [row, column, acrossShare, downShare] = numbers;
    if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return undefined;
    if (row === undefined || column === undefined || !acrossShare || !downShare) return undefined;
    return isShare(acrossShare) && isShare(downShare) ? { row, column, acrossShare, downShare } : undefined;
  },
  format: ({ row, column, acrossShare, downShare }) =>
    [row.toFixed(1), column.toFixed(1), acrossShare.toPrecision(4), downShare.toPrecision(4)].join(),
};

const isShare = (share: number) => share > 0 && share <= 1;

/** First and end row, first and end column. */
export const REGION: TextForm<Region | null> = {
  parse(text) {
    const [r0, r1, c0, c1, ...rest] = indices(text);
    if (r0 === undefined || r1 === undefined || c0 === undefined || c1 === undefined) return undefined;
    return r0 < r1 && c0 < c1 && rest.length === 0 ? { rows: [r0, r1], columns: [c0, c1] } : undefined;
  },
  format: ({ rows, columns }) => [...rows, ...columns].join(),
};

/** Row and column of its start, and of its end. */
export const LINE: TextForm<Line | null> = {
  parse(text) {
    const [r0, c0, r1, c1, ...rest] = indices(text);
    if (r0 === undefined || c0 === undefined || r1 === undefined || c1 === undefined) return undefined;
    return rest.length === 0 ? { from: { row: r0, column: c0 }, to: { row: r1, column: c1 } } : undefined;
  },
  format: ({ from, to }) => [from.row, from.column, to.row, to.column].join(),
};

/** A number; null if nothing was typed. */
export const NUMBER: TextForm<number | null> = {
  parse: (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined),
  format: String,
};

/** Whole numbers from 0 on; empty for other text. */
function indices(text: string): readonly number[] {
  return /^\d{1,6}(,\d{1,6})*$/.test(text) ? text.split(",").map(Number) : [];
}
