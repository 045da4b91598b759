import { useEffect, useMemo, useRef } from "react";
import UPlot from "uplot";
import { useSize } from "./use-size.ts";

type PlotOptions = Omit<UPlot.Options, "width" | "height">;

/** Reports come twice as often, but without a graphics card, graphs cost more time than images. */
const PAUSE_MS = 950;

interface PlotProps {
  readonly label: string;
  readonly height: number;
  readonly data: UPlot.AlignedData;
  /** A new object creates a new plot, so it must be memoised. */
  readonly options: PlotOptions;
}

/** A graph that fills the available width. Only its numbers change over time. */
export function Plot({ label, height, data, options }: PlotProps) {
  const [room, { width }] = useSize();
  const plot = useRef<UPlot | null>(null);
  const newest = useRef(data);
  newest.current = data;
  const drawnAt = useRef(0);
  const isWide = width > 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: size and numbers of an existing plot are set below
  useEffect(() => {
    if (room.current === null || !isWide) return;
    const made = new UPlot({ ...options, width, height }, newest.current, room.current);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [options, isWide]);

  useEffect(() => plot.current?.setSize({ width, height }), [width, height]);
  useEffect(() => {
    const wait = Math.max(drawnAt.current + PAUSE_MS - performance.now(), 0);
    const timer = setTimeout(() => {
      drawnAt.current = performance.now();
      plot.current?.setData(data);
    }, wait);
    return () => clearTimeout(timer);
  }, [data]);
  return <div ref={room} className="plot" role="img" aria-label={label} style={{ height }} />;
}

/** A colour of the page's style, for graphs; to be read again for another theme. */
export function useStyleColours<Name extends string>(
  names: readonly Name[],
  theme: string,
): Readonly<Record<Name, string>> {
  const key = `${theme} ${names.join(" ")}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key contains theme and names
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const colours = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
    return Object.fromEntries(colours) as Record<Name, string>;
  }, [key]);
}
