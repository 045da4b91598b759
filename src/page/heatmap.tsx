import { useVisCanvasContext } from "@h5web/lib";
import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { dataShape, type ViewImage } from "../viewer/protocol.ts";
import { type CellAxis, paintCells, screenSpan, visibleAxis } from "./display/cells.ts";
import type { Painting } from "./display/colours.ts";
import { transposed } from "./display/orientation.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";
import { PictureCanvas } from "./picture-canvas.ts";

interface HeatmapProps {
  readonly image: ViewImage;
  readonly painting: Painting;
  /** Called once for each image, when it is on the screen. */
  readonly onDrawn: () => void;
}

/** The visible part of the image, painted at the screen's size, in the chosen orientation. */
export function Heatmap({ image, painting, onDrawn }: HeatmapProps) {
  const { getVisibleDomains, canvasSize, r3fRoot } = useVisCanvasContext();
  const camera = useThree((three) => three.camera);
  const dpr = useThree((three) => three.viewport.dpr);
  const canvas = useMemo(() => new PictureCanvas(), []);
  const last = useRef<readonly unknown[]>([]);
  const { isTransposed, isLeftward, isUpward } = useOrientedPixels();
  const displayed = useMemo(() => (isTransposed ? transposed(image) : image), [isTransposed, image]);

  useLayoutEffect(() => {
    r3fRoot.append(canvas.element);
    return () => canvas.element.remove();
  }, [canvas, r3fRoot]);

  const paint = () => {
    const { binning } = displayed.header;
    const [rowCount, columnCount] = dataShape(displayed.header);
    const { xVisibleDomain: x, yVisibleDomain: y } = getVisibleDomains(camera);
    const { width, height } = canvasSize;
    const across = visibleAxis([x[0] / binning, x[1] / binning], columnCount, dpr * width);
    const down = visibleAxis([y[0] / binning, y[1] / binning], rowCount, dpr * height);
    const seen = [displayed, painting, ...x, ...y, width, height, dpr];
    if (seen.every((value, i) => value === last.current[i])) return; // nothing is painted twice
    last.current = seen;
    const [left, right] = screenSpan(inFrame(across, binning), x, isLeftward, width);
    const [top, bottom] = screenSpan(inFrame(down, binning), y, isUpward, height);
    const rgba = paintCells(displayed, columnCount, down, across, painting);
    const place = { left, top, width: right - left, height: bottom - top, isLeftward, isUpward };
    canvas.show({ rgba, width: across.cells, height: down.cells }, place);
  };
  const newest = useRef(paint);
  newest.current = paint;
  useFrame(() => newest.current()); // the camera may have moved
  useLayoutEffect(() => newest.current());

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each image
  useEffect(() => {
    const frame = requestAnimationFrame(onDrawn);
    return () => cancelAnimationFrame(frame);
  }, [image, onDrawn]);
  return null;
}

/** First and end pixel of the frame. */
function inFrame({ from, to }: CellAxis, binning: number): readonly [number, number] {
  return [binning * from, binning * to];
}
