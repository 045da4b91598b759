import { SvgElement, useCameraState, useVisCanvasContext } from "@h5web/lib";
import { Vector3 } from "three";
import type { ViewImage } from "../../viewer/protocol.ts";
import { shortValue, visiblePixels } from "../display/pixel-values.ts";
import { useOrientedPixels } from "../oriented-pixels.tsx";

/** Minimum width of a pixel on the screen for a number. */
const LEAST_WIDTH = 38;
const LEAST_HEIGHT = 14;

/** The values, written into the pixels if these are large enough. */
export function PixelValues({ image }: { readonly image: ViewImage }) {
  const { dataToHtml, canvasSize } = useVisCanvasContext();
  const { placeOf, pointOf } = useOrientedPixels();
  // Position of the first pixel's corner on the screen, and size of a pixel.
  const [x, y, width, height] = useCameraState(
    (camera) => {
      const origin = dataToHtml(camera, new Vector3(0, 0));
      const next = dataToHtml(camera, new Vector3(1, 1));
      return [origin.x, origin.y, next.x - origin.x, next.y - origin.y] as const;
    },
    [dataToHtml],
    (one, other) => one.every((value, i) => value === other[i]),
  );
  if (image.header.binning > 1 || Math.abs(width) < LEAST_WIDTH || Math.abs(height) < LEAST_HEIGHT)
    return null;

  const corner = placeOf(-x / width, -y / height);
  const opposite = placeOf((canvasSize.width - x) / width, (canvasSize.height - y) / height);
  return (
    <SvgElement>
      <g className="pixel-values" data-testid="pixel-values">
        {visiblePixels(image, corner, opposite).map(({ row, column, value, isGood }) => {
          const centre = pointOf(row + 0.5, column + 0.5);
          return (
            <text
              key={`${row},${column}`}
              className={isGood ? undefined : "bad"}
              data-place={`${row},${column}`}
              x={x + centre.x * width}
              y={y + centre.y * height}
            >
              {shortValue(value)}
            </text>
          );
        })}
      </g>
    </SvgElement>
  );
}
