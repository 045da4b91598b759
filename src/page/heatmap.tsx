import { VisMesh } from "@h5web/lib";
import { addAfterEffect, useThree } from "@react-three/fiber";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import type { Painting } from "./display/colours.ts";
import { transposed } from "./display/orientation.ts";
import { HeatmapMaterial } from "./heatmap-material.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

interface HeatmapProps {
  readonly image: ViewImage;
  readonly painting: Painting;
  /** Called once for each image when it is on the screen. */
  readonly onDrawn: () => void;
}

/** The image in H5Web's canvas, in the chosen orientation. */
export function Heatmap({ image, painting, onDrawn }: HeatmapProps) {
  const invalidate = useThree((three) => three.invalidate);
  const canvas = useThree((three) => three.gl.domElement);
  const material = useMemo(() => new HeatmapMaterial(), []);
  const isToBeDrawn = useRef(false);
  const { isTransposed, isLeftward, isUpward } = useOrientedPixels();
  const displayed = useMemo(() => (isTransposed ? transposed(image) : image), [isTransposed, image]);

  useLayoutEffect(() => {
    material.setImage(displayed);
    isToBeDrawn.current = true;
    invalidate();
  }, [material, displayed, invalidate]);

  useLayoutEffect(() => {
    material.setPainting(painting);
    invalidate();
  }, [material, painting, invalidate]);

  useEffect(
    () =>
      addAfterEffect(() => {
        if (!isToBeDrawn.current) return;
        isToBeDrawn.current = false;
        onDrawn();
      }),
    [onDrawn],
  );

  useEffect(() => {
    const restored = () => invalidate();
    canvas.addEventListener("webglcontextrestored", restored);
    return () => canvas.removeEventListener("webglcontextrestored", restored);
  }, [canvas, invalidate]);

  useEffect(() => () => material.dispose(), [material]);

  // Textures begin at the bottom.
  return (
    <VisMesh scale={[isLeftward ? -1 : 1, isUpward ? 1 : -1, 1]}>
      <primitive object={material} attach="material" />
    </VisMesh>
  );
}
