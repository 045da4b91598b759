import type { ViewImage } from "../../viewer/protocol.js";
import { PIXEL_STATUS } from "../../viewer/protocol.js";
import type { PixelPlace } from "./pixel-reading.js";

/** A line from the centre of one pixel to the centre of another. */
export interface Line {
  readonly from: PixelPlace;
  readonly to: PixelPlace;
}

/** The pixels nearest to a line, in their order. */
export interface LineProfile {
  /** From the start of the line, in pixels. */
  readonly distances: readonly number[];
  /** In the unit of the image; null for bad pixels. */
  readonly values: readonly (number | null)[];
}

type Shape = readonly [rows: number, columns: number];

/** One pixel per row or column of the line, whichever are more; undefined if it leaves the image. */
export function lineProfile({ header, data, status }: ViewImage, line: Line): LineProfile | undefined {
  if (!isLineWithin(line, header.shape)) return undefined;
  const { from, to } = line;
  const [down, across] = [to.row - from.row, to.column - from.column];
  const steps = Math.max(Math.abs(down), Math.abs(across));
  const distances: number[] = [];
  const values: (number | null)[] = [];
  for (let step = 0; step <= steps; step++) {
    const share = step / (steps || 1); // a single pixel
    const row = Math.round(from.row + share * down);
    const column = Math.round(from.column + share * across);
    const pixel = row * header.shape[1] + column;
    distances.push(share * Math.hypot(down, across));
    values.push(status[pixel] === PIXEL_STATUS.good ? (data[pixel] as number) : null);
  }
  return { distances, values };
}

export function isLineWithin({ from, to }: Line, [rows, columns]: Shape): boolean {
  return [from, to].every(({ row, column }) => row >= 0 && row < rows && column >= 0 && column < columns);
}

/** `10, 20 to 300, 400`, rows and columns; undefined for other text, or a line outside the image. */
export function parseLine(text: string, shape: Shape): Line | undefined {
  const match = /^\s*(\d{1,6})\s*,\s*(\d{1,6})\s*(?:to|-|–|→|,)\s*(\d{1,6})\s*,\s*(\d{1,6})\s*$/.exec(text);
  const [r0, c0, r1, c1] = (match ?? []).slice(1).map(Number);
  if (r0 === undefined || c0 === undefined || r1 === undefined || c1 === undefined) return undefined;
  const line = { from: { row: r0, column: c0 }, to: { row: r1, column: c1 } };
  return isLineWithin(line, shape) ? line : undefined;
}

/** The text for {@link parseLine}. */
export function lineText({ from, to }: Line): string {
  return `${from.row}, ${from.column} to ${to.row}, ${to.column}`;
}
