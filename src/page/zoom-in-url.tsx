import { useCameraState, useVisCanvasContext } from "@h5web/lib";
import { useThree } from "@react-three/fiber";
import { useEffect, useLayoutEffect } from "react";
import { type Camera, Vector3 } from "three";
import { ZOOM } from "./display/url-forms.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";
import { inUrl, putInUrl } from "./view-url.ts";

const KEY = "zoom";

/** Keeps the zoom in the page's address. */
export function ZoomInUrl() {
  const { dataToWorld, worldToData } = useVisCanvasContext();
  const { pointOf, placeOf } = useOrientedPixels();
  const camera = useThree((three) => three.camera);
  const invalidate = useThree((three) => three.invalidate);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address counts once, when the image appears
  useLayoutEffect(() => {
    const zoom = ZOOM.parse(inUrl(KEY) ?? "");
    if (zoom === undefined) return;
    const { x, y } = dataToWorld(pointOf(zoom.row, zoom.column));
    camera.scale.set(zoom.acrossShare, zoom.downShare, 1);
    camera.position.setX(x).setY(y);
    camera.updateMatrixWorld();
    invalidate();
  }, []);

  const text = useCameraState(
    ({ position, scale }: Camera) => {
      if (scale.x === 1 && scale.y === 1) return null;
      const { x, y } = worldToData(new Vector3(position.x, position.y));
      return ZOOM.format({ ...placeOf(x, y), acrossShare: scale.x, downShare: scale.y });
    },
    [worldToData, placeOf],
  );
  useEffect(() => putInUrl(KEY, text), [text]);
  return null;
}
