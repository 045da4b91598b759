import { useMemo } from "react";
import type { Series } from "./display/history.ts";
import { Plot, useStyleColours } from "./plot.tsx";
import type { Theme } from "./use-theme.ts";

interface SparkLineProps {
  readonly label: string;
  readonly series: Series;
  readonly theme: Theme;
}

const HEIGHT = 28;

/** The last two minutes of one number, from 0 upwards. */
export function SparkLine({ label, series, theme }: SparkLineProps) {
  const { accent } = useStyleColours(["accent"], theme);
  const options = useMemo(
    () => ({
      cursor: { show: false },
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      padding: [2, 0, 2, 0] as [number, number, number, number],
      scales: {
        y: {
          range: (_: unknown, min: number, max: number): [number, number] => [Math.min(min, 0), max || 1],
        },
      },
      series: [{}, { stroke: accent, width: 1.5, fill: `${accent}30`, points: { show: false } }],
    }),
    [accent],
  );
  const data = useMemo<[number[], (number | null)[]]>(() => [[...series[0]], [...series[1]]], [series]);
  return <Plot label={label} height={HEIGHT} data={data} options={options} />;
}
