import { type MutableRefObject, useCallback, useEffect, useMemo, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { AppearanceBar } from "./appearance-bar.tsx";
import { ColourBar } from "./colour-bar.tsx";
import { ConditionBanner } from "./condition-banner.tsx";
import type { Condition } from "./display/condition.ts";
import type { PixelPlace } from "./display/pixel-reading.ts";
import { FLAG, PLACE } from "./display/url-forms.ts";
import { ImageCanvas } from "./image-canvas.tsx";
import { ImageFault } from "./image-fault.tsx";
import { OrientedPixelsProvider, orientedPixels } from "./oriented-pixels.tsx";
import { PixelBar } from "./pixel-bar.tsx";
import { ResolutionReadout } from "./tools/resolution-readout.tsx";
import type { Tools } from "./tools/use-tools.ts";
import type { Appearance } from "./use-appearance.ts";
import { useIsNarrow } from "./use-is-narrow.ts";
import { useUrlState } from "./use-url-state.ts";
import type { VisiblePart } from "./visible-region.tsx";

interface ImageViewProps {
  readonly image: ViewImage | null;
  readonly appearance: Appearance;
  readonly condition: Condition;
  readonly tools: Tools;
  readonly onVisible: (visible: VisiblePart) => void;
  /** Called when a pixel starts or stops being pointed at or pinned. */
  readonly onRead: (isRead: boolean) => void;
  readonly onDrawn: () => void;
  readonly resetZoom: MutableRefObject<() => void>;
}

/** The image with all controls for viewing it. */
export function ImageView(props: ImageViewProps) {
  const { image, appearance, condition, tools, onVisible, onRead, onDrawn, resetZoom } = props;
  const isNarrow = useIsNarrow();
  const [pointed, setPointed] = useState<PixelPlace | null>(null);
  const [pinned, setPinned] = useUrlState<PixelPlace | null>("pixel", PLACE, null);
  const [isEqualAspect, setEqualAspect] = useUrlState("equal", FLAG, true);
  const isRead = pointed !== null || pinned !== null;
  useEffect(() => onRead(isRead), [isRead, onRead]);
  const onToggleAspect = useCallback(() => setEqualAspect(!isEqualAspect), [isEqualAspect, setEqualAspect]);
  const { painting } = appearance;
  const pixels = useMemo(() => orientedPixels(tools.orientation), [tools.orientation]);
  return (
    <>
      <AppearanceBar appearance={appearance} isEqualAspect={isEqualAspect} onToggleAspect={onToggleAspect} />
      <div className="stage-area" data-kind={condition.kind}>
        <ConditionBanner condition={condition} />
        {image && (
          <figure
            className="image"
            aria-label="Detector image"
            data-testid="image"
            data-image={image.header.image}
            data-sequence={image.header.sequence}
          >
            <ImageFault>
              <OrientedPixelsProvider value={pixels}>
                <ImageCanvas
                  image={image}
                  painting={painting}
                  pinned={pinned}
                  isEqualAspect={isEqualAspect}
                  isNarrow={isNarrow}
                  onPoint={setPointed}
                  onVisible={onVisible}
                  onDrawn={onDrawn}
                  resetZoom={resetZoom}
                  tools={tools}
                />
              </OrientedPixelsProvider>
            </ImageFault>
            <ColourBar painting={painting} header={image.header} isHorizontal={isNarrow} />
          </figure>
        )}
      </div>
      <ResolutionReadout tools={tools} place={pointed ?? pinned} />
      {image && <PixelBar image={image} pointed={pointed} pinned={pinned} onPin={setPinned} />}
    </>
  );
}
