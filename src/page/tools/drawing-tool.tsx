import { type Selection, SelectionTool, SvgElement, SvgLine, SvgRect } from "@h5web/lib";
import { isLineWithin } from "../display/line-profile.ts";
import { regionBetween } from "../display/region.ts";
import { useOrientedPixels } from "../oriented-pixels.tsx";
import type { Drawing, Tools } from "./use-tools.ts";

/** A drag shorter than this, in screen pixels, is a click. */
const SHORTEST_DRAG = 4;

interface DrawingToolProps {
  readonly drawing: Drawing;
  readonly tools: Pick<Tools, "setDrawing" | "setRegion" | "setLine">;
  readonly shape: readonly [rows: number, columns: number];
}

/** Draws one region or line with the mouse. */
export function DrawingTool({ drawing, tools, shape }: DrawingToolProps) {
  const { placeOf } = useOrientedPixels();
  const onDrawn = ({ data: [start, end] }: Selection) => {
    const [one, other] = [placeOf(start.x, start.y), placeOf(end.x, end.y)];
    if (drawing === "region") {
      const region = regionBetween(one, other, shape);
      if (region !== undefined) tools.setRegion(region);
    } else {
      const [from, to] = [pixelOf(one), pixelOf(other)];
      if (isLineWithin({ from, to }, shape)) tools.setLine({ from, to });
    }
    tools.setDrawing(null);
  };
  return (
    <SelectionTool
      id="Draw"
      validate={({ html: [start, end] }) => start.distanceTo(end) >= SHORTEST_DRAG}
      onValidSelection={onDrawn}
    >
      {({ html }) => (
        <SvgElement>
          {drawing === "region" ? (
            <SvgRect className="tool-marker" coords={html} fill="none" />
          ) : (
            <SvgLine className="tool-marker" coords={html} />
          )}
        </SvgElement>
      )}
    </SelectionTool>
  );
}

const pixelOf = ({ row, column }: { readonly row: number; readonly column: number }) => ({
  row: Math.floor(row),
  column: Math.floor(column),
});
