import { useCameraState, useVisCanvasContext } from "@h5web/lib";
import { useThree } from "@react-three/fiber";
import { useEffect, useMemo } from "react";
import { isSameRegion, type Region, regionBetween } from "./display/region.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

interface VisibleRegionProps {
  readonly shape: readonly [rows: number, columns: number];
  readonly onVisible: (visible: VisiblePart) => void;
}

/** The visible part of the image. */
export interface VisiblePart {
  /** Null if nothing is visible. */
  readonly region: Region | null;
  /** Screen pixels per image pixel, in the direction with more of them. */
  readonly screenPixels: number;
}

/** Reports the visible part of the image. */
export function VisibleRegion({ shape, onVisible }: VisibleRegionProps) {
  const { getVisibleDomains, canvasSize } = useVisCanvasContext();
  const dpr = useThree((three) => three.viewport.dpr);
  const { placeOf } = useOrientedPixels();
  const [rowCount, columnCount] = shape;
  const { width, height } = canvasSize;
  const region = useCameraState(
    (camera) => {
      const { xVisibleDomain: x, yVisibleDomain: y } = getVisibleDomains(camera);
      const [one, other] = [placeOf(x[0], y[0]), placeOf(x[1], y[1])];
      return regionBetween(one, other, [rowCount, columnCount]) ?? null;
    },
    [getVisibleDomains, placeOf, rowCount, columnCount],
    isSameRegion,
  );
  const screenPixels = useCameraState(
    (camera) => {
      const { xVisibleDomain: x, yVisibleDomain: y } = getVisibleDomains(camera);
      return dpr * Math.max(width / Math.abs(x[1] - x[0]), height / Math.abs(y[1] - y[0]));
    },
    [getVisibleDomains, width, height, dpr],
  );
  const visible = useMemo(() => ({ region, screenPixels }), [region, screenPixels]);
  useEffect(() => onVisible(visible), [visible, onVisible]);
  return null;
}
