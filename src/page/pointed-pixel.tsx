import { useCanvasEvent } from "@h5web/lib";
import type { PixelPlace } from "./display/pixel-reading.ts";

interface PointedPixelProps {
  readonly shape: readonly [rows: number, columns: number];
  readonly onPoint: (place: PixelPlace | null) => void;
}

/** Tells over which pixel the pointer is. */
export function PointedPixel({ shape: [rows, columns], onPoint }: PointedPixelProps) {
  useCanvasEvent("pointermove", ({ dataPt }) => {
    const [row, column] = [Math.floor(dataPt.y), Math.floor(dataPt.x)];
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    onPoint(isInside ? { row, column } : null);
  });
  useCanvasEvent("pointerleave", () => onPoint(null));
  return null;
}
