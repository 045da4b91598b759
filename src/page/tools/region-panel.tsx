import { useEffect, useMemo, useRef, useState } from "react";
import type { ViewImage } from "../../viewer/protocol.ts";
import { formatValue } from "../display/pixel-reading.ts";
import { parseRegion, type Region, regionText } from "../display/region.ts";
import { type RegionTrend, trendSeries, withImage } from "../display/region-trend.ts";
import { SparkLine } from "../spark-line.tsx";
import type { Theme } from "../use-theme.ts";
import { CurvePlot } from "./curve-plot.tsx";
import { TypedPlace } from "./typed-place.tsx";
import type { Tools } from "./use-tools.ts";

interface RegionPanelProps {
  readonly tools: Pick<Tools, "region" | "setRegion" | "setDrawing">;
  readonly shape: readonly [rows: number, columns: number];
  readonly exact: ViewImage | null;
  readonly theme: Theme;
}

/** A region of interest of this page: its values, and their last two minutes. */
export function RegionPanel({ tools, shape, exact, theme }: RegionPanelProps) {
  const { region, setRegion, setDrawing } = tools;
  const trend = useTrend(exact, region);
  const change = (changed: Region | null) => {
    setRegion(changed);
    setDrawing(null);
  };
  return (
    <section className="panel" aria-labelledby="region">
      <h2 id="region">Region of interest</h2>
      <TypedPlace
        label="Rows, columns"
        text={region === null ? "" : regionText(region)}
        placeholder="400:500, 300:400"
        fault={`Type rows, columns as first:end, such as 400:500, 300:400; up to ${shape.join(", ")}.`}
        onType={(text) => {
          const typed = parseRegion(text, shape);
          if (typed !== undefined && (region === null || regionText(typed) !== regionText(region)))
            change(typed);
          return typed !== undefined;
        }}
        onRemove={() => change(null)}
      />
      {region === null && <p className="note">Draw a rectangle on the image.</p>}
      {trend && region && exact && (
        <RegionNumbers trend={trend} region={region} unit={exact.header.unit} theme={theme} />
      )}
    </section>
  );
}

/** The trend of the shown images; each counts once. */
function useTrend(image: ViewImage | null, region: Region | null): RegionTrend | null {
  const [trend, setTrend] = useState<RegionTrend | null>(null);
  const last = useRef<RegionTrend | null>(null);
  useEffect(() => {
    if (region === null) last.current = null;
    else if (image !== null) last.current = withImage(last.current, image, region);
    setTrend(last.current);
  }, [image, region]);
  return trend;
}

interface RegionNumbersProps {
  readonly trend: RegionTrend;
  readonly region: Region;
  readonly unit: string;
  readonly theme: Theme;
}

function RegionNumbers({ trend, region, unit, theme }: RegionNumbersProps) {
  const { reading } = trend;
  const sums = useMemo(() => trendSeries(trend, "sum"), [trend]);
  const averages = useMemo(() => trendSeries(trend, "mean"), [trend]);
  const columns = useMemo(() => indices(region.columns), [region]);
  const rows = useMemo(() => indices(region.rows), [region]);
  if (reading === null) return <p className="note">The region is not within this image.</p>;
  const { sum, mean, maximum, goodPixels, pixels, columnMeans, rowMeans } = reading;
  const number = (value: number) => (Number.isNaN(value) ? "–" : `${formatValue(value)} ${unit}`);
  return (
    <>
      <dl className="numbers">
        <dt>Sum</dt>
        <dd data-testid="region-sum">{number(sum)}</dd>
        <dd>
          <SparkLine label="Sum of the region, last two minutes" series={sums} theme={theme} />
        </dd>
        <dt>Mean</dt>
        <dd data-testid="region-mean">{number(mean)}</dd>
        <dd>
          <SparkLine label="Mean of the region, last two minutes" series={averages} theme={theme} />
        </dd>
        <dt>Maximum</dt>
        <dd data-testid="region-maximum">{number(maximum)}</dd>
        <dd />
        <dt>Pixels</dt>
        <dd data-testid="region-pixels">{pixels.toLocaleString("en-GB")}</dd>
        <dd>{goodPixels < pixels && `${goodPixels.toLocaleString("en-GB")} good`}</dd>
      </dl>
      <h3>Mean per column</h3>
      <CurvePlot label="Mean of each column of the region" x={columns} y={columnMeans} theme={theme} />
      <h3>Mean per row</h3>
      <CurvePlot label="Mean of each row of the region" x={rows} y={rowMeans} theme={theme} />
    </>
  );
}

const indices = ([from, to]: Region["rows"]) => Array.from({ length: to - from }, (_, i) => from + i);
