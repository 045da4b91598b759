import { dataShape, PIXEL_ARRAYS, type ViewImage } from "../../viewer/protocol.js";

/** The image's orientation on the screen: first quarter turns, then mirroring. */
export interface Orientation {
  /** Clockwise, 0 to 3. */
  readonly quarterTurns: number;
  /** Left and right are swapped. */
  readonly isMirrored: boolean;
}

/** As in numpy: row 0 at the top, column 0 on the left. */
export const UPRIGHT: Orientation = { quarterTurns: 0, isMirrored: false };

/** Directions of rows and columns on the screen. */
export interface ScreenAxes {
  /** Rows run horizontally, columns vertically. */
  readonly isTransposed: boolean;
  /** The horizontal index grows to the left. */
  readonly isLeftward: boolean;
  /** The vertical index grows upwards. */
  readonly isUpward: boolean;
}

export function screenAxes({ quarterTurns, isMirrored }: Orientation): ScreenAxes {
  return {
    isTransposed: quarterTurns % 2 === 1,
    isLeftward: (quarterTurns === 1 || quarterTurns === 2) !== isMirrored,
    isUpward: quarterTurns >= 2,
  };
}

/** A quarter turn clockwise on the screen. */
export function turned({ quarterTurns, isMirrored }: Orientation): Orientation {
  return { quarterTurns: (quarterTurns + (isMirrored ? 3 : 1)) % 4, isMirrored };
}

export function mirrored({ quarterTurns, isMirrored }: Orientation): Orientation {
  return { quarterTurns, isMirrored: !isMirrored };
}

/**
 * The matrix that draws an image of this shape in an orientation: a, b, c, d, e, f in a canvas's order, where
 * x is the column and y the row of a corner of a pixel.
 */
export function drawingMatrix(
  orientation: Orientation,
  [rows, columns]: readonly [rows: number, columns: number],
): readonly [a: number, b: number, c: number, d: number, e: number, f: number] {
  const { isTransposed, isLeftward, isUpward } = screenAxes(orientation);
  const across = isLeftward ? -1 : 1;
  const down = isUpward ? -1 : 1;
  const [width, height] = isTransposed ? [rows, columns] : [columns, rows];
  const e = isLeftward ? width : 0;
  const f = isUpward ? height : 0;
  return isTransposed ? [0, down, across, 0, e, f] : [across, 0, 0, down, e, f];
}

/** The image with rows and columns swapped, in its own memory. */
export function transposed({ header, data, status }: ViewImage): ViewImage {
  const [rows, columns] = dataShape(header);
  const turnedData = new PIXEL_ARRAYS[header.dtype](data.length);
  const turnedStatus = new Uint8Array(status.length);
  for (let row = 0, pixel = 0; row < rows; row++) {
    for (let column = 0, to = row; column < columns; column++, pixel++, to += rows) {
      turnedData[to] = data[pixel] as number;
      turnedStatus[to] = status[pixel] as number;
    }
  }
  const shape = [header.shape[1], header.shape[0]] as const;
  return { header: { ...header, shape }, data: turnedData, status: turnedStatus };
}
