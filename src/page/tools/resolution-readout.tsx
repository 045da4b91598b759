import type { PixelPlace } from "../display/pixel-reading.ts";
import { angstromText, resolutionAt } from "../display/resolution.ts";
import type { Tools } from "./use-tools.ts";

interface ResolutionReadoutProps {
  readonly tools: Pick<Tools, "hasRings" | "experiment">;
  readonly place: PixelPlace | null;
}

/** The resolution of the pixel under the pointer, or of the pinned one, while rings are shown. */
export function ResolutionReadout({ tools: { hasRings, experiment }, place }: ResolutionReadoutProps) {
  if (!hasRings || experiment === null || place === null) return null;
  return (
    <p className="resolution" data-testid="resolution">
      Row {place.row}, column {place.column}: d ={" "}
      {angstromText(resolutionAt(place.row, place.column, experiment))}
    </p>
  );
}
