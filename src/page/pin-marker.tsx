import { DataToHtml, SvgElement, SvgRect } from "@h5web/lib";
import { useMemo } from "react";
import { Vector3 } from "three";
import type { PixelPlace } from "./display/pixel-reading.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

/** A frame around the pinned pixel, wide enough to be visible when the whole image is shown. */
export function PinMarker({ place: { row, column } }: { readonly place: PixelPlace }) {
  const { pointOf } = useOrientedPixels();
  const corners = useMemo(() => [pointOf(row, column), pointOf(row + 1, column + 1)], [pointOf, row, column]);
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

function widened(one: Vector3, other: Vector3): [Vector3, Vector3] {
  const [start, end] = [one.clone().min(other), one.clone().max(other)];
  const grow = Math.max((LEAST_SIZE - (end.x - start.x)) / 2, 1);
  return [new Vector3(start.x - grow, start.y - grow), new Vector3(end.x + grow, end.y + grow)];
}
