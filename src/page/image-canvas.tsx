import { DefaultInteractions, VisCanvas } from "@h5web/lib";
import { type MutableRefObject, memo } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import type { Painting } from "./display/colours.ts";
import type { PixelPlace } from "./display/pixel-reading.ts";
import { Heatmap } from "./heatmap.tsx";
import { ModuleBorders } from "./module-borders.tsx";
import { useOrientedPixels } from "./oriented-pixels.tsx";
import { PinMarker } from "./pin-marker.tsx";
import { PointedPixel } from "./pointed-pixel.tsx";
import { ToolOverlays } from "./tools/tool-overlays.tsx";
import type { Tools } from "./tools/use-tools.ts";
import { type VisiblePart, VisibleRegion } from "./visible-region.tsx";
import { ZoomInUrl } from "./zoom-in-url.tsx";
import { ZoomReset } from "./zoom-reset.tsx";

interface ImageCanvasProps {
  readonly image: ViewImage;
  readonly painting: Painting;
  readonly pinned: PixelPlace | null;
  readonly tools: Tools;
  readonly isEqualAspect: boolean;
  readonly isNarrow: boolean;
  readonly onPoint: (place: PixelPlace | null) => void;
  readonly onVisible: (visible: VisiblePart) => void;
  readonly onDrawn: () => void;
  /** Set to a function that shows the whole image again. */
  readonly resetZoom: MutableRefObject<() => void>;
}

/** The image with its axes, to zoom and drag. Rows and columns are counted as in numpy. */
export const ImageCanvas = memo(function ImageCanvas(props: ImageCanvasProps) {
  const { image, painting, pinned, isEqualAspect, isNarrow, onPoint, onVisible, onDrawn, resetZoom, tools } =
    props;
  const { shape, moduleBorders } = image.header;
  const [rows, columns] = shape;
  const axis = (label: string, end: number) => ({
    visDomain: [0, end] as [number, number],
    isIndexAxis: true,
    formatTick: String,
    ...(!isNarrow && { label }),
  });
  const { isTransposed, isLeftward, isUpward } = useOrientedPixels();
  const columnAxis = axis("column", columns);
  const rowAxis = axis("row", rows);
  return (
    <VisCanvas
      key={`${isTransposed}, ${isLeftward}, ${isUpward}`} // a new orientation starts with the whole image
      aspect={isEqualAspect ? "equal" : "auto"}
      abscissaConfig={{ ...(isTransposed ? rowAxis : columnAxis), flip: isLeftward }}
      ordinateConfig={{ ...(isTransposed ? columnAxis : rowAxis), flip: !isUpward }}
    >
      <DefaultInteractions {...(tools.drawing !== null && { pan: false })} />
      <ZoomReset reset={resetZoom} />
      <ZoomInUrl />
      <VisibleRegion shape={shape} onVisible={onVisible} />
      <PointedPixel shape={shape} onPoint={onPoint} />
      <Heatmap image={image} painting={painting} onDrawn={onDrawn} />
      <ModuleBorders borders={moduleBorders} columns={columns} />
      {pinned && <PinMarker place={pinned} />}
      <ToolOverlays tools={tools} image={image} />
    </VisCanvas>
  );
});
