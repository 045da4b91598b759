import { SvgElement, useCameraState, useVisCanvasContext } from "@h5web/lib";
import { Vector3 } from "three";
import type { ViewImage } from "../../viewer/protocol.ts";
import { shortValue, visiblePixels } from "../display/pixel-values.ts";
import { useOrientedPixels } from "../oriented-pixels.tsx";

/** Pixels smaller than this on the screen have no room for a number. */
const LEAST_WIDTH = 38;
const LEAST_HEIGHT = 14;

/** The values, written into the pixels where these are large enough. */
export function PixelValues({ image }: { readonly image: ViewImage }) {
  const { dataToHtml, canvasSize } = useVisCanvasContext();
  const { placeOf, pointOf } = useOrientedPixels();
  // Where the corner of the first pixel is on the screen, and how large a pixel is.
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
