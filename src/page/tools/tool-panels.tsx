import type { ViewImage } from "../../viewer/protocol.ts";
import type { Theme } from "../use-theme.ts";
import { LinePanel } from "./line-panel.tsx";
import { RegionPanel } from "./region-panel.tsx";
import { RingsPanel } from "./rings-panel.tsx";
import type { Tools } from "./use-tools.ts";

interface ToolPanelsProps {
  readonly tools: Tools;
  readonly image: ViewImage;
  readonly theme: Theme;
}

/** The numbers and graphs of the tools that are in use. */
export function ToolPanels({ tools, image, theme }: ToolPanelsProps) {
  const { drawing, region, line, hasRings } = tools;
  return (
    <>
      {(region !== null || drawing === "region") && <RegionPanel tools={tools} image={image} theme={theme} />}
      {(line !== null || drawing === "line") && <LinePanel tools={tools} image={image} theme={theme} />}
      {hasRings && <RingsPanel tools={tools} />}
    </>
  );
}
