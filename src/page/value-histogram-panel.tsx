import { memo, useMemo } from "react";
import type { ImageHeader } from "../viewer/protocol.ts";
import { binningText } from "./display/binning.ts";
import type { ValueHistogram } from "./display/histogram.ts";
import { scaleOf, undrawnText } from "./display/scales.ts";
import { HistogramPlot } from "./histogram-plot.tsx";
import type { Theme } from "./use-theme.ts";

interface ValueHistogramPanelProps {
  readonly histogram: ValueHistogram;
  readonly header: Pick<ImageHeader, "unit" | "binning">;
  readonly theme: Theme;
}

/** Histogram of the shown image's good pixels. */
export const ValueHistogramPanel = memo(function ValueHistogramPanel(props: ValueHistogramPanelProps) {
  const { histogram, header, theme } = props;
  const { unit, binning } = header;
  const { scale, start, binWidth, counts, leftOut } = histogram;
  const bins = useMemo(
    () => Array.from(counts, (_, bin) => start + bin * binWidth),
    [start, binWidth, counts],
  );
  const series = useMemo(() => [{ name: "pixels", counts }], [counts]);
  return (
    <section className="panel" aria-labelledby="value-histogram">
      <h2 id="value-histogram">Values of the image ({unit})</h2>
      <HistogramPlot
        label={`Histogram of the image's good pixels, in ${unit}`}
        bins={bins}
        series={series}
        valueAt={scaleOf(scale).invert}
        theme={theme}
      />
      {binning > 1 && <p className="note">{binningText(binning)}</p>}
      {leftOut > 0 && <p className="note">{undrawnText(leftOut, scale)}</p>}
    </section>
  );
});
