import { PIXEL_STATUS } from "../../viewer/protocol.js";
import { type Painting, TABLE_COLOURS } from "./colours.js";
import { scaleOf } from "./scales.js";
import type { Pixels } from "./value-range.js";

/** Pixels along one axis of an image, grouped into as many cells of a picture as the screen can show. */
export interface CellAxis {
  /** First and end pixel. */
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

/** The whole axis, with one cell per pixel. */
export function wholeAxis(pixels: number): CellAxis {
  return { from: 0, to: pixels, cells: pixels };
}

/**
 * The cells of the visible pixels: one per image pixel, or one per screen pixel if these are fewer.
 *
 * @param visible       start and end of the visible part, in either order, in pixels of the image; may be
 *                      outside it
 * @param screenPixels  screen pixels between the two
 */
export function visibleAxis(
  visible: readonly [number, number],
  pixels: number,
  screenPixels: number,
): CellAxis {
  const from = Math.max(Math.floor(Math.min(...visible)), 0);
  const to = Math.min(Math.ceil(Math.max(...visible)), pixels);
  if (from >= to) return { from: 0, to: 0, cells: 0 };
  const screenPerPixel = screenPixels / Math.abs(visible[1] - visible[0]);
  const cells = Math.ceil((to - from) * Math.min(screenPerPixel, 1));
  return { from, to, cells };
}

/**
 * The position of image pixels on the screen.
 *
 * @param pixels        first and end pixel
 * @param visible       start and end of the visible part, in either order, in pixels of the image
 * @param isReversed    whether the first pixel is at the far end of the screen
 * @param screenPixels  screen pixels between the two ends
 * @returns             start and end of the span on the screen
 */
export function screenSpan(
  pixels: readonly [number, number],
  visible: readonly [number, number],
  isReversed: boolean,
  screenPixels: number,
): readonly [begin: number, end: number] {
  const [low, high] = [Math.min(...visible), Math.max(...visible)];
  const scale = screenPixels / (high - low);
  const [from, to] = pixels;
  return isReversed
    ? [(high - to) * scale, (high - from) * scale]
    : [(from - low) * scale, (to - low) * scale];
}

/**
 * Paint a part of an image. A cell of several pixels shows the brightest, so that spots of one pixel do not
 * come and go with the window's size; or the colour of bad pixels if any is bad. Gaps are transparent.
 *
 * @param columnCount  columns of the image
 * @returns            red, green, blue, alpha per cell, row by row; owned by the caller
 */
export function paintCells(
  { data, status }: Pixels,
  columnCount: number,
  rows: CellAxis,
  columns: CellAxis,
  painting: Painting,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = new Uint32Array(rows.cells * columns.cells);
  const { from, to } = columns;
  const columnCells = cellsOf(columns);
  const rowCells = cellsOf(rows);
  const colourOf = cellColours(painting);
  const brightest = new Float64Array(columns.cells).fill(Number.NEGATIVE_INFINITY);
  const isBad = new Uint8Array(columns.cells);
  for (let row = rows.from; row < rows.to; row++) {
    const start = row * columnCount;
    for (let column = from; column < to; column++) {
      const cell = columnCells[column - from] as number;
      const code = status[start + column];
      if (code === PIXEL_STATUS.good) {
        const value = data[start + column] as number;
        if (value > (brightest[cell] as number)) brightest[cell] = value;
        else if (Number.isNaN(value)) isBad[cell] = 1;
      } else if (code !== PIXEL_STATUS.gap) isBad[cell] = 1;
    }
    const rowCell = rowCells[row - rows.from] as number;
    if (rowCells[row + 1 - rows.from] === rowCell) continue;
    colourOf(brightest, isBad, colours.subarray(rowCell * columns.cells, (rowCell + 1) * columns.cells));
    brightest.fill(Number.NEGATIVE_INFINITY);
    isBad.fill(0);
  }
  return new Uint8ClampedArray(colours.buffer);
}

/** The cell of each pixel. */
function cellsOf({ from, to, cells }: CellAxis): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => Math.floor((i * cells) / (to - from)));
}

/** Writes the colours of a row of cells, as words of four bytes. */
function cellColours({ table, scale, domain, badColour }: Painting) {
  const { apply, holds } = scaleOf(scale);
  const lowest = apply(domain[0]);
  const coloursPerScaled = TABLE_COLOURS / (apply(domain[1]) - lowest);
  const words = new Uint32Array(table.slice().buffer);
  const [bad = 0] = new Uint32Array(Uint8Array.of(...badColour, 255).buffer);
  return (brightest: Float64Array, isBad: Uint8Array, colours: Uint32Array) => {
    for (let cell = 0; cell < colours.length; cell++) {
      const value = brightest[cell] as number;
      if (isBad[cell] === 1) colours[cell] = bad;
      else if (value !== Number.NEGATIVE_INFINITY) {
        // A value that the scale cannot draw gets the lowest colour, not that of bad pixels.
        const place = holds(value) ? Math.floor((apply(value) - lowest) * coloursPerScaled) : 0;
        colours[cell] = words[Math.min(Math.max(place, 0), TABLE_COLOURS - 1)] as number;
      }
    }
  };
}

/** Paint every pixel of an image, in order; see {@link paintCells}. */
export function paintImage(pixels: Pixels, painting: Painting): Uint8ClampedArray<ArrayBuffer> {
  const { length } = pixels.data;
  return paintCells(pixels, length, wholeAxis(1), wholeAxis(length), painting);
}
