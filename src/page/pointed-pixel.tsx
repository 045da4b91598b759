import { useCanvasEvent } from "@h5web/lib";
import type { PixelPlace } from "./display/pixel-reading.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

interface PointedPixelProps {
  readonly shape: readonly [rows: number, columns: number];
  readonly onPoint: (place: PixelPlace | null) => void;
}

/** Reports the pixel under the pointer. */
export function PointedPixel({ shape: [rows, columns], onPoint }: PointedPixelProps) {
  const { placeOf } = useOrientedPixels();
  useCanvasEvent("pointermove", ({ dataPt }) => {
    const place = placeOf(dataPt.x, dataPt.y);
    const [row, column] = [Math.floor(place.row), Math.floor(place.column)];
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    onPoint(isInside ? { row, column } : null);
  });
  useCanvasEvent("pointerleave", () => onPoint(null));
  return null;
}
