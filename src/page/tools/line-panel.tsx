import { useMemo } from "react";
import type { ViewImage } from "../../viewer/protocol.ts";
import { lineProfile, lineText, parseLine } from "../display/line-profile.ts";
import { formatValue } from "../display/pixel-reading.ts";
import type { Theme } from "../use-theme.ts";
import { CurvePlot } from "./curve-plot.tsx";
import { TypedPlace } from "./typed-place.tsx";
import type { Tools } from "./use-tools.ts";

interface LinePanelProps {
  readonly tools: Pick<Tools, "line" | "setLine" | "setDrawing">;
  readonly shape: readonly [rows: number, columns: number];
  readonly exact: ViewImage | null;
  readonly theme: Theme;
}

/** The pixels along a line. */
export function LinePanel({ tools, shape, exact, theme }: LinePanelProps) {
  const { line, setLine, setDrawing } = tools;
  const profile = useMemo(() => line && exact && lineProfile(exact, line), [exact, line]);
  return (
    <section className="panel" aria-labelledby="line">
      <h2 id="line">Line profile</h2>
      <TypedPlace
        label="From, to"
        text={line === null ? "" : lineText(line)}
        placeholder="10, 20 to 300, 400"
        fault={`Type row, column to row, column; below ${shape.join(", ")}.`}
        onType={(text) => {
          const typed = parseLine(text, shape);
          if (typed !== undefined && (line === null || lineText(typed) !== lineText(line))) {
            setLine(typed);
            setDrawing(null);
          }
          return typed !== undefined;
        }}
        onRemove={() => setLine(null)}
      />
      {line === null && <p className="note">Draw a line on the image.</p>}
      {line && exact && !profile && <p className="note">The line is not within this image.</p>}
      {profile && exact && (
        <>
          <p data-testid="line-summary">
            {profile.values.length} pixels, {formatValue(Number(profile.distances.at(-1)?.toFixed(1)))} long,
            maximum {highest(profile.values)} {exact.header.unit}
          </p>
          <CurvePlot
            label={`Values along the line, in ${exact.header.unit}, over the distance in pixels`}
            x={profile.distances}
            y={profile.values}
            theme={theme}
          />
        </>
      )}
    </section>
  );
}

function highest(values: readonly (number | null)[]): string {
  const good = values.filter((value) => value !== null);
  return good.length === 0 ? "–" : formatValue(Math.max(...good));
}
