import type { ViewImage } from "../../viewer/protocol.js";
import { PIXEL_STATUS } from "../../viewer/protocol.js";
import type { PixelPlace } from "./pixel-reading.js";

/** A visible pixel. */
export interface VisiblePixel extends PixelPlace {
  readonly value: number;
  readonly isGood: boolean;
}

/** The pixels between two points of the image, which may be outside it; gaps are left out. */
export function visiblePixels(
  { header, data, status }: ViewImage,
  corner: PixelPlace,
  opposite: PixelPlace,
): readonly VisiblePixel[] {
  const [rows, columns] = header.shape;
  const [firstRow, endRow] = span(corner.row, opposite.row, rows);
  const [firstColumn, endColumn] = span(corner.column, opposite.column, columns);
  const pixels: VisiblePixel[] = [];
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const pixel = row * columns + column;
      if (status[pixel] === PIXEL_STATUS.gap) continue;
      const isGood = status[pixel] === PIXEL_STATUS.good;
      pixels.push({ row, column, value: data[pixel] as number, isGood });
    }
  }
  return pixels;
}

function span(one: number, other: number, end: number): readonly [from: number, to: number] {
  return [Math.max(Math.floor(Math.min(one, other)), 0), Math.min(Math.ceil(Math.max(one, other)), end)];
}

/** A value short enough for a pixel: three digits, three decimals below 1, and whole numbers in full. */
export function shortValue(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) < 1) return String(Number(value.toFixed(3)));
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
