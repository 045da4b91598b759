import { memo, useMemo } from "react";
import type { AdcHistograms } from "../viewer/protocol.ts";
import { HistogramPlot } from "./histogram-plot.tsx";
import type { Theme } from "./use-theme.ts";

const itself = (place: number) => place;

/** ADC values of the newest raw frame, one curve per gain stage. */
export const AdcHistogramPanel = memo(function AdcHistogramPanel({
  histograms,
  theme,
}: {
  readonly histograms: AdcHistograms;
  readonly theme: Theme;
}) {
  const { binWidth, stages } = histograms;
  const bins = useMemo(() => (stages[0] ?? []).map((_, bin) => bin * binWidth), [stages, binWidth]);
  const series = useMemo(() => stages.map((counts, stage) => ({ name: `G${stage}`, counts })), [stages]);
  return (
    <section className="panel" aria-labelledby="adc-histogram">
      <h2 id="adc-histogram">
        ADC values (ADU){" "}
        {series.map(({ name, counts }, stage) => (
          <span key={name} className={`stage stage-${stage}`} data-testid={`stage-${name}`}>
            {name} {counts.reduce((sum, count) => sum + count, 0).toLocaleString("en-GB")}
          </span>
        ))}
      </h2>
      <HistogramPlot
        label="Histogram of ADC values by gain stage, in ADU"
        bins={bins}
        series={series}
        valueAt={itself}
        theme={theme}
      />
    </section>
  );
});
