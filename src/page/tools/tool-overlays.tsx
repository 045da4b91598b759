import { DataToHtml, SvgElement, SvgLine, SvgRect } from "@h5web/lib";
import { useMemo } from "react";
import type { ViewImage } from "../../viewer/protocol.ts";
import type { Line } from "../display/line-profile.ts";
import type { Region } from "../display/region.ts";
import { useOrientedPixels } from "../oriented-pixels.tsx";
import { DrawingTool } from "./drawing-tool.tsx";
import { PixelValues } from "./pixel-values.tsx";
import { RingOverlay } from "./ring-overlay.tsx";
import type { Tools } from "./use-tools.ts";

interface ToolOverlaysProps {
  readonly tools: Tools;
  readonly image: ViewImage;
}

/** The tools' drawings over the image. */
export function ToolOverlays({ tools, image }: ToolOverlaysProps) {
  const { drawing, region, line, hasRings, experiment } = tools;
  return (
    <>
      {drawing !== null && <DrawingTool drawing={drawing} tools={tools} shape={image.header.shape} />}
      {region && <RegionMarker region={region} />}
      {line && <LineMarker line={line} />}
      {hasRings && experiment && <RingOverlay experiment={experiment} shape={image.header.shape} />}
      <PixelValues image={image} />
    </>
  );
}

function RegionMarker({ region: { rows, columns } }: { readonly region: Region }) {
  const { pointOf } = useOrientedPixels();
  const corners = useMemo(
    () => [pointOf(rows[0], columns[0]), pointOf(rows[1], columns[1])],
    [pointOf, rows, columns],
  );
  return (
    <DataToHtml points={corners}>
      {(one, other) => (
        <SvgElement>
          {one && other && <SvgRect className="tool-marker" coords={[one, other]} fill="none" />}
        </SvgElement>
      )}
    </DataToHtml>
  );
}

/** From the centre of a pixel to the centre of another. */
function LineMarker({ line: { from, to } }: { readonly line: Line }) {
  const { pointOf } = useOrientedPixels();
  const ends = useMemo(
    () => [from, to].map(({ row, column }) => pointOf(row + 0.5, column + 0.5)),
    [pointOf, from, to],
  );
  return (
    <DataToHtml points={ends}>
      {(start, end) => (
        <SvgElement>
          {start && end && <SvgLine className="tool-marker" coords={[start, end]} />}
          {start && <circle className="tool-marker" cx={start.x} cy={start.y} r={4} fill="none" />}
        </SvgElement>
      )}
    </DataToHtml>
  );
}
