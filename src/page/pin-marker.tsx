import { DataToHtml, SvgElement, SvgRect } from "@h5web/lib";
import { useMemo } from "react";
import { Vector3 } from "three";
import type { PixelPlace } from "./display/pixel-reading.ts";

/** A frame around the pinned pixel, wide enough to be found when the whole image is shown. */
export function PinMarker({ place: { row, column } }: { readonly place: PixelPlace }) {
  const corners = useMemo(() => [new Vector3(column, row), new Vector3(column + 1, row + 1)], [row, column]);
  return (
    <DataToHtml points={corners}>
      {(start, end) => (
        <SvgElement>
          {start && end && <SvgRect className="pin-marker" coords={widened(start, end)} fill="none" />}
        </SvgElement>
      )}
    </DataToHtml>
  );
}

const LEAST_SIZE = 10;

function widened(start: Vector3, end: Vector3): [Vector3, Vector3] {
  const grow = Math.max((LEAST_SIZE - (end.x - start.x)) / 2, 1);
  return [new Vector3(start.x - grow, start.y - grow), new Vector3(end.x + grow, end.y + grow)];
}
