import { useMemo } from "react";
import UPlot from "uplot";
import { formatValue } from "./display/pixel-reading.ts";
import { Plot, useStyleColours } from "./plot.tsx";
import type { Theme } from "./use-theme.ts";

const HEIGHT = 150;
const COLOURS = ["series-1", "series-2", "series-3"] as const;

interface HistogramPlotProps {
  readonly label: string;
  /** Start of each bin. */
  readonly bins: readonly number[];
  readonly series: readonly { readonly name: string; readonly counts: ArrayLike<number> }[];
  /** The value at a bin's position; must be memoised. */
  readonly valueAt: (place: number) => number;
  readonly theme: Theme;
}

/** Counts per bin, on a logarithmic axis. */
export function HistogramPlot({ label, bins, series, valueAt, theme }: HistogramPlotProps) {
  const { text, grid, ...colours } = useStyleColours(["text", "grid", ...COLOURS], theme);
  const names = series.map(({ name }) => name).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: rebuilt only for another theme, names or scale
  const options = useMemo(() => {
    const axis = {
      stroke: text,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
      font: "11px sans-serif",
    };
    const line = (name: string, i: number): UPlot.Series => {
      const stroke = colours[COLOURS[i % COLOURS.length] ?? "series-1"];
      const points = { show: false };
      return { label: name, stroke, fill: `${stroke}40`, points, ...(STEPPED && { paths: STEPPED }) };
    };
    return {
      cursor: { show: false },
      legend: { show: false },
      padding: [6, 8, 0, 0] as [number, number, number, number],
      scales: { x: { time: false }, y: { distr: 3 as const, range: countRange } },
      axes: [
        {
          ...axis,
          size: 24,
          values: (_: UPlot, places: number[]) => places.map((place) => shortly(valueAt(place))),
        },
        {
          ...axis,
          grid: { ...axis.grid, filter: powersOfTen },
          size: 40,
          filter: powersOfTen,
          values: (_: UPlot, counts: (number | null)[]) => counts.map(countLabel),
        },
      ],
      series: [{}, ...names.split(",").map(line)],
    };
  }, [theme, names, valueAt]);
  const data = useMemo<UPlot.AlignedData>(
    () => [
      [...bins],
      ...series.map(({ counts }) => Array.from(counts, (count) => Math.max(count, LOWEST_COUNT))),
    ],
    [bins, series],
  );
  return <Plot label={label} height={HEIGHT} data={data} options={options} />;
}

const STEPPED = UPlot.paths.stepped?.({ align: 1 });

/** A count of 1 is visible; 0 has no place on a logarithmic axis, and is drawn at its bottom. */
const LOWEST_COUNT = 0.5;

const countRange = (_: unknown, __: number, max: number): [number, number] => [
  LOWEST_COUNT,
  Math.max(max, 10),
];

const powersOfTen = (_: unknown, counts: number[]) =>
  counts.map((count) => (count >= 1 && Math.log10(count) % 1 === 0 ? count : null));

const countLabel = (count: number | null) =>
  count === null ? "" : count < 1000 ? String(count) : `1e${Math.log10(count)}`;

const shortly = (value: number) => formatValue(Number(value.toPrecision(2)));
