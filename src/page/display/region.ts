import type { ViewImage } from "../../viewer/protocol.js";
import { PIXEL_STATUS } from "../../viewer/protocol.js";
import type { PixelPlace } from "./pixel-reading.js";

/** A rectangle of pixels, like a slice in numpy: the ends are excluded. */
export interface Region {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

/** Values of a region's good pixels, in the unit of the image. */
export interface RegionReading {
  readonly sum: number;
  /** NaN without a good pixel, like {@link maximum}. */
  readonly mean: number;
  readonly maximum: number;
  readonly goodPixels: number;
  readonly pixels: number;
  /** Mean of each column of the region; null for a column without a good pixel. */
  readonly columnMeans: readonly (number | null)[];
  readonly rowMeans: readonly (number | null)[];
}

type Shape = readonly [rows: number, columns: number];

/** The rectangle between two pixels, including both, clipped to the image; undefined if it is outside. */
export function regionBetween(
  one: PixelPlace,
  other: PixelPlace,
  [rows, columns]: Shape,
): Region | undefined {
  const span = (a: number, b: number, end: number): [number, number] => [
    Math.max(Math.floor(Math.min(a, b)), 0),
    Math.min(Math.floor(Math.max(a, b)) + 1, end),
  ];
  const region = { rows: span(one.row, other.row, rows), columns: span(one.column, other.column, columns) };
  return isWithin(region, [rows, columns]) ? region : undefined;
}

export function isWithin({ rows, columns }: Region, shape: Shape): boolean {
  const fits = ([from, to]: Region["rows"], end: number) => from >= 0 && from < to && to <= end;
  return fits(rows, shape[0]) && fits(columns, shape[1]);
}

export function isSameRegion(one: Region | null, other: Region | null): boolean {
  return one === other || (one !== null && other !== null && regionText(one) === regionText(other));
}

/** Measure a region of an image; undefined if it is not within the image. */
export function readRegion({ header, data, status }: ViewImage, region: Region): RegionReading | undefined {
  if (!isWithin(region, header.shape)) return undefined;
  const [firstRow, endRow] = region.rows;
  const [firstColumn, endColumn] = region.columns;
  const columns = means(endColumn - firstColumn);
  const rows = means(endRow - firstRow);
  let maximum = Number.NEGATIVE_INFINITY;
  for (let row = firstRow; row < endRow; row++) {
    const start = row * header.shape[1];
    for (let column = firstColumn; column < endColumn; column++) {
      const value = data[start + column] as number;
      if (status[start + column] !== PIXEL_STATUS.good || !Number.isFinite(value)) continue;
      columns.add(column - firstColumn, value);
      rows.add(row - firstRow, value);
      if (value > maximum) maximum = value;
    }
  }
  const { sum, count } = rows.total();
  return {
    sum,
    mean: sum / count,
    maximum: count === 0 ? Number.NaN : maximum,
    goodPixels: count,
    pixels: (endRow - firstRow) * (endColumn - firstColumn),
    columnMeans: columns.read(),
    rowMeans: rows.read(),
  };
}

function means(length: number) {
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  return {
    add(i: number, value: number) {
      sums[i] = (sums[i] as number) + value;
      counts[i] = (counts[i] as number) + 1;
    },
    total: () => ({ sum: sums.reduce((a, b) => a + b, 0), count: counts.reduce((a, b) => a + b, 0) }),
    read: () => Array.from(sums, (sum, i) => (counts[i] ? sum / (counts[i] as number) : null)),
  };
}

/** `400:500, 300:400`, rows and columns; undefined for other text, or a region outside the image. */
export function parseRegion(text: string, shape: Shape): Region | undefined {
  const match = /^\s*\[?\s*(\d{1,6})\s*:\s*(\d{1,6})\s*,\s*(\d{1,6})\s*:\s*(\d{1,6})\s*\]?\s*$/.exec(text);
  const [r0, r1, c0, c1] = (match ?? []).slice(1).map(Number);
  if (r0 === undefined || r1 === undefined || c0 === undefined || c1 === undefined) return undefined;
  const region: Region = { rows: [r0, r1], columns: [c0, c1] };
  return isWithin(region, shape) ? region : undefined;
}

/** The text for {@link parseRegion}. */
export function regionText({ rows, columns }: Region): string {
  return `${rows.join(":")}, ${columns.join(":")}`;
}
