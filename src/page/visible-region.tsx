import { useCameraState, useVisCanvasContext } from "@h5web/lib";
import { useEffect } from "react";
import { isSameRegion, type Region, regionBetween } from "./display/region.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

interface VisibleRegionProps {
  readonly shape: readonly [rows: number, columns: number];
  /** Called with null when nothing of the image is on the screen. */
  readonly onVisible: (region: Region | null) => void;
}

/** Reports which part of the image is on the screen. */
export function VisibleRegion({ shape, onVisible }: VisibleRegionProps) {
  const { getVisibleDomains } = useVisCanvasContext();
  const { placeOf } = useOrientedPixels();
  const [rowCount, columnCount] = shape;
  const region = useCameraState(
    (camera) => {
      const { xVisibleDomain: x, yVisibleDomain: y } = getVisibleDomains(camera);
      const [one, other] = [placeOf(x[0], y[0]), placeOf(x[1], y[1])];
      return regionBetween(one, other, [rowCount, columnCount]) ?? null;
    },
    [getVisibleDomains, placeOf, rowCount, columnCount],
    isSameRegion,
  );
  useEffect(() => onVisible(region), [region, onVisible]);
  return null;
}
