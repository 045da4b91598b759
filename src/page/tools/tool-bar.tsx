import { Btn, ToggleBtn } from "@h5web/lib";
import { mirrored, turned } from "../display/orientation.ts";
import type { Drawing, Tools } from "./use-tools.ts";

/** The measuring tools, and the image's orientation. */
export function ToolBar({ tools }: { readonly tools: Tools }) {
  const { drawing, hasRings, orientation, setDrawing, setRings, setOrientation } = tools;
  const toggle = (one: Drawing) => setDrawing(drawing === one ? null : one);
  return (
    // A mouse click does not move the focus, so that space still pauses.
    <div
      className="tool-bar"
      role="toolbar"
      aria-label="Tools"
      onMouseDown={(event) => event.preventDefault()}
    >
      <ToggleBtn
        raised
        label="Region"
        title="Draw a rectangle on the image"
        value={drawing === "region"}
        onToggle={() => toggle("region")}
      />
      <ToggleBtn
        raised
        label="Line"
        title="Draw a line on the image"
        value={drawing === "line"}
        onToggle={() => toggle("line")}
      />
      <ToggleBtn
        raised
        label="Rings"
        title="Resolution rings around the beam"
        value={hasRings}
        onToggle={() => setRings(!hasRings)}
      />
      <Btn
        raised
        label="Rotate"
        title={`A quarter turn clockwise; now ${90 * orientation.quarterTurns}°`}
        onClick={() => setOrientation(turned(orientation))}
      />
      <ToggleBtn
        raised
        label="Mirror"
        title="Exchange left and right"
        value={orientation.isMirrored}
        onToggle={() => setOrientation(mirrored(orientation))}
      />
    </div>
  );
}
