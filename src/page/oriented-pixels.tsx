import { createContext, useContext } from "react";
import { Vector3 } from "three";
import { type Orientation, type ScreenAxes, screenAxes, UPRIGHT } from "./display/orientation.ts";

/** Converts between positions in the image and on the canvas, whose axes show rows and columns. */
export interface OrientedPixels extends ScreenAxes {
  /** The point on the canvas for a position, in pixels from the image's corner. */
  pointOf(row: number, column: number): Vector3;
  /** The position for a point on the canvas. */
  placeOf(x: number, y: number): { readonly row: number; readonly column: number };
}

export function orientedPixels(orientation: Orientation): OrientedPixels {
  const axes = screenAxes(orientation);
  const { isTransposed } = axes;
  return {
    ...axes,
    pointOf: (row, column) => (isTransposed ? new Vector3(row, column) : new Vector3(column, row)),
    placeOf: (x, y) => (isTransposed ? { row: x, column: y } : { row: y, column: x }),
  };
}

const OrientedPixelsContext = createContext(orientedPixels(UPRIGHT));

export const OrientedPixelsProvider = OrientedPixelsContext.Provider;

export function useOrientedPixels(): OrientedPixels {
  return useContext(OrientedPixelsContext);
}
