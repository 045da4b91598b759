import type { ViewImage } from "../../viewer/protocol.ts";
import type { Theme } from "../use-theme.ts";
import { LinePanel } from "./line-panel.tsx";
import { RegionPanel } from "./region-panel.tsx";
import { RingsPanel } from "./rings-panel.tsx";
import type { Tools } from "./use-tools.ts";

interface ToolPanelsProps {
  readonly tools: Tools;
  readonly shape: readonly [rows: number, columns: number];
  /** The shown image if it is in full resolution; null until it arrives. */
  readonly exact: ViewImage | null;
  readonly theme: Theme;
}

/** The numbers and graphs of the active tools. */
export function ToolPanels({ tools, ...rest }: ToolPanelsProps) {
  const { drawing, region, line, hasRings } = tools;
  return (
    <>
      {(region !== null || drawing === "region") && <RegionPanel tools={tools} {...rest} />}
      {(line !== null || drawing === "line") && <LinePanel tools={tools} {...rest} />}
      {hasRings && <RingsPanel tools={tools} />}
    </>
  );
}
