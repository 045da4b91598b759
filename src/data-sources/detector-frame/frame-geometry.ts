import type { PixelRange, PixelRegion } from "../../calibration/index.js";
import {
  CHIP_COLUMNS,
  CHIP_GAP,
  CHIP_ROWS,
  type DetectorLayout,
  MODULE_COLUMNS,
  MODULE_PIXELS,
  MODULE_ROWS,
} from "../../detector.js";

/** The layout of the modules and their chips in a frame. */
export interface GeometryOptions {
  /** Rows between one module and the next. */
  readonly moduleGapRows: number;
  /**
   * Pixels at a border between chips are twice as wide as others. `pack` leaves them as they are read out;
   * `keep` and `mask` insert a gap of two pixels between the chips for their size, and `mask` also marks them
   * bad.
   */
  readonly doublePixels: "pack" | "keep" | "mask";
}

type Pixels = Uint16Array | Float32Array | Int32Array | Uint8Array;

/** The position of each pixel of the detector in a frame with gaps. */
export class FrameGeometry {
  /** The detector whose pixels are placed. */
  readonly layout: DetectorLayout;
  readonly #options: GeometryOptions;
  readonly shape: readonly [rows: number, columns: number];

  constructor(layout: DetectorLayout, options: GeometryOptions) {
    this.layout = layout;
    this.#options = options;
    const lastRow = this.#targetRow(layout.rows - 1);
    const lastColumn = this.#targetColumn(layout.columns - 1);
    this.shape = [lastRow + 1, lastColumn + 1];
  }

  /** Whether frames are like the detector: stacked modules, no gaps. */
  get isPlain(): boolean {
    return this.pixels === this.layout.pixels;
  }

  /** Pixels of a frame, gaps included. */
  get pixels(): number {
    return this.shape[0] * this.shape[1];
  }

  /** Copy the detector's pixels, [rows, columns], to their positions in a frame. Gaps are left unchanged. */
  place<T extends Pixels>(from: T, to: T): void {
    this.#forEachRun((inDetector, inFrame, length) => {
      to.set(from.subarray(inDetector, inDetector + length), inFrame);
    });
  }

  /** Copy the pixels of a frame to their positions in the detector, the inverse of {@link place}. */
  take<T extends Pixels>(from: T, to: T): void {
    this.#forEachRun((inDetector, inFrame, length) => {
      to.set(from.subarray(inFrame, inFrame + length), inDetector);
    });
  }

  /** Visit runs of pixels that are adjacent in both, by the position of the first pixel. */
  #forEachRun(visit: (inDetector: number, inFrame: number, length: number) => void): void {
    const { rows, columns } = this.layout;
    const run = this.#options.doublePixels === "pack" ? columns : CHIP_COLUMNS;
    for (let row = 0; row < rows; row++) {
      const targetStart = this.#targetRow(row) * this.shape[1];
      for (let column = 0; column < columns; column += run) {
        visit(row * columns + column, targetStart + this.#targetColumn(column), run);
      }
    }
  }

  /** The part of the detector in a region of the frame; empty if the region has only gaps. */
  inDetector({ rows, columns }: PixelRegion): PixelRegion {
    const range = ([from, to]: PixelRange, size: number, target: (at: number) => number): PixelRange => {
      const firstFrom = (edge: number) => {
        let [low, high] = [0, size];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (target(middle) < edge) low = middle + 1;
          else high = middle;
        }
        return low;
      };
      return [firstFrom(from), firstFrom(to)];
    };
    return {
      rows: range(rows, this.layout.rows, (row) => this.#targetRow(row)),
      columns: range(columns, this.layout.columns, (column) => this.#targetColumn(column)),
    };
  }

  /** Not 0 for a module's double-sized pixels to leave out, uint8, [512, 1024]; undefined if they are kept. */
  get doublePixelMask(): Uint8Array | undefined {
    if (this.#options.doublePixels !== "mask") return undefined;
    return new Uint8Array(MODULE_PIXELS).map((_, pixel) => {
      const row = Math.floor(pixel / MODULE_COLUMNS);
      const column = pixel % MODULE_COLUMNS;
      return isDouble(row, CHIP_ROWS, MODULE_ROWS) || isDouble(column, CHIP_COLUMNS, MODULE_COLUMNS) ? 1 : 0;
    });
  }

  #targetRow(row: number): number {
    const { moduleGapRows, doublePixels } = this.#options;
    const module = Math.floor(row / MODULE_ROWS);
    const chipGaps = doublePixels === "pack" ? 0 : Math.floor(row / CHIP_ROWS) - module;
    return row + module * moduleGapRows + chipGaps * CHIP_GAP;
  }

  #targetColumn(column: number): number {
    const chipGaps = this.#options.doublePixels === "pack" ? 0 : Math.floor(column / CHIP_COLUMNS);
    return column + chipGaps * CHIP_GAP;
  }
}

/** Whether a pixel is at a border between chips; the sensor's outer border does not count. */
function isDouble(at: number, chipSize: number, moduleSize: number): boolean {
  const inChip = at % chipSize;
  return (inChip === 0 && at > 0) || (inChip === chipSize - 1 && at < moduleSize - 1);
}
