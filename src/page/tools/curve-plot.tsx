import { useMemo } from "react";
import type UPlot from "uplot";
import { formatValue } from "../display/pixel-reading.ts";
import { Plot, useStyleColours } from "../plot.tsx";
import type { Theme } from "../use-theme.ts";

const HEIGHT = 110;

interface CurvePlotProps {
  readonly label: string;
  readonly x: readonly number[];
  /** Null where there is no value. */
  readonly y: readonly (number | null)[];
  readonly theme: Theme;
}

/** One curve on linear axes. */
export function CurvePlot({ label, x, y, theme }: CurvePlotProps) {
  const { text, grid, accent } = useStyleColours(["text", "grid", "accent"], theme);
  const options = useMemo(() => {
    const axis = {
      stroke: text,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
      font: "11px sans-serif",
      values: (_: UPlot, places: number[]) => places.map(formatValue),
    };
    return {
      cursor: { show: false },
      legend: { show: false },
      padding: [6, 8, 0, 0] as [number, number, number, number],
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 24 },
        { ...axis, size: 48 },
      ],
      series: [{}, { stroke: accent, width: 1.5, points: { show: false } }],
    };
  }, [text, grid, accent]);
  const data = useMemo<[number[], (number | null)[]]>(() => [[...x], [...y]], [x, y]);
  return <Plot label={label} height={HEIGHT} data={data} options={options} />;
}
