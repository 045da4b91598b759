import { useVisCanvasContext, VisMesh } from "@h5web/lib";
import { addAfterEffect, useFrame, useThree } from "@react-three/fiber";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { type CellAxis, paintCells, visibleAxis } from "./display/cells.ts";
import type { Painting } from "./display/colours.ts";
import { transposed } from "./display/orientation.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";
import { type Picture, PictureMaterial } from "./picture-material.ts";

interface HeatmapProps {
  readonly image: ViewImage;
  readonly painting: Painting;
  /** Called once for each image when it is on the screen. */
  readonly onDrawn: () => void;
}

/** What of the image was painted last: nothing is painted twice. */
interface Painted {
  readonly image: ViewImage;
  readonly painting: Painting;
  readonly rows: CellAxis;
  readonly columns: CellAxis;
}

/** The visible part of the image in H5Web's canvas, in the chosen orientation, painted at the screen's size. */
export function Heatmap({ image, painting, onDrawn }: HeatmapProps) {
  const invalidate = useThree((three) => three.invalidate);
  const canvas = useThree((three) => three.gl.domElement);
  const { getVisibleDomains, canvasSize } = useVisCanvasContext();
  const material = useMemo(() => new PictureMaterial(), []);
  const isToBeDrawn = useRef(false);
  const last = useRef<Painted | null>(null);
  const { isTransposed, isLeftward, isUpward } = useOrientedPixels();
  const displayed = useMemo(() => (isTransposed ? transposed(image) : image), [isTransposed, image]);

  useFrame(({ camera, viewport: { dpr } }) => {
    const { xVisibleDomain, yVisibleDomain } = getVisibleDomains(camera);
    const [rowCount, columnCount] = displayed.header.shape;
    const rows = visibleAxis(yVisibleDomain, rowCount, dpr * canvasSize.height);
    const columns = visibleAxis(xVisibleDomain, columnCount, dpr * canvasSize.width);
    const next = { image: displayed, painting, rows, columns };
    if (last.current !== null && isSame(last.current, next)) return;
    last.current = next;
    material.setPicture(pictureOf(next));
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each image is drawn
  useLayoutEffect(() => {
    isToBeDrawn.current = true;
    invalidate();
  }, [image, invalidate]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: so is each change of colours
  useLayoutEffect(() => invalidate(), [painting, displayed, invalidate]);

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

function isSame(one: Painted, other: Painted): boolean {
  const { image, painting, rows, columns } = other;
  return (
    one.image === image &&
    one.painting === painting &&
    isSameAxis(one.rows, rows) &&
    isSameAxis(one.columns, columns)
  );
}

function isSameAxis(one: CellAxis, other: CellAxis): boolean {
  return one.from === other.from && one.to === other.to && one.cells === other.cells;
}

function pictureOf({ image, painting, rows, columns }: Painted): Picture {
  const [rowCount, columnCount] = image.header.shape;
  return {
    rgba: paintCells(image, columnCount, rows, columns, painting),
    width: columns.cells,
    height: rows.cells,
    from: [columns.from / columnCount, rows.from / rowCount],
    to: [columns.to / columnCount, rows.to / rowCount],
  };
}
