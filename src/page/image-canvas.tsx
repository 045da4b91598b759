import { DefaultInteractions, VisCanvas } from "@h5web/lib";
import { type MutableRefObject, memo } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import type { Painting } from "./display/colours.ts";
import type { PixelPlace } from "./display/pixel-reading.ts";
import { Heatmap } from "./heatmap.tsx";
import { ModuleBorders } from "./module-borders.tsx";
import { PinMarker } from "./pin-marker.tsx";
import { PointedPixel } from "./pointed-pixel.tsx";
import { ZoomInUrl } from "./zoom-in-url.tsx";
import { ZoomReset } from "./zoom-reset.tsx";

interface ImageCanvasProps {
  readonly image: ViewImage;
  readonly painting: Painting;
  readonly pinned: PixelPlace | null;
  readonly isEqualAspect: boolean;
  readonly isNarrow: boolean;
  readonly onPoint: (place: PixelPlace | null) => void;
  readonly onDrawn: () => void;
  /** Set to what shows the whole image again. */
  readonly resetZoom: MutableRefObject<() => void>;
}

/** The image with its axes, to zoom into and to drag: rows from the top, columns from the left, as numpy indexes. */
export const ImageCanvas = memo(function ImageCanvas(props: ImageCanvasProps) {
  const { image, painting, pinned, isEqualAspect, isNarrow, onPoint, onDrawn, resetZoom } = props;
  const { shape, moduleBorders } = image.header;
  const [rows, columns] = shape;
  const label = (text: string) => (isNarrow ? {} : { label: text });
  return (
    <VisCanvas
      aspect={isEqualAspect ? "equal" : "auto"}
      abscissaConfig={{ visDomain: [0, columns], isIndexAxis: true, ...label("column") }}
      ordinateConfig={{ visDomain: [0, rows], isIndexAxis: true, flip: true, ...label("row") }}
    >
      <DefaultInteractions />
      <ZoomReset reset={resetZoom} />
      <ZoomInUrl />
      <PointedPixel shape={shape} onPoint={onPoint} />
      <Heatmap image={image} painting={painting} onDrawn={onDrawn} />
      <ModuleBorders borders={moduleBorders} columns={columns} />
      {pinned && <PinMarker place={pinned} />}
    </VisCanvas>
  );
});
