import type { PageMessage } from "../viewer/protocol.ts";
import { AccumulationPanel } from "./accumulation-panel.tsx";
import { AdcHistogramPanel } from "./adc-histogram-panel.tsx";
import { BadPixelsPanel } from "./bad-pixels-panel.tsx";
import type { ValueHistogram } from "./display/histogram.ts";
import type { PageState } from "./display/page-state.ts";
import { MonitorsPanel } from "./monitors-panel.tsx";
import { NumbersPanel } from "./numbers-panel.tsx";
import { SignalsPanel } from "./signals-panel.tsx";
import type { Theme } from "./use-theme.ts";
import { ValueHistogramPanel } from "./value-histogram-panel.tsx";

interface SidePanelsProps {
  readonly state: PageState;
  readonly histogram: ValueHistogram | null;
  readonly theme: Theme;
  readonly send: (message: PageMessage) => void;
}

/** All numbers and graphs. */
export function SidePanels({ state, histogram, theme, send }: SidePanelsProps) {
  const { report, history, images, shown, heldAdcHistograms } = state;
  return (
    <aside className="panels" aria-label="Numbers">
      {report && <NumbersPanel report={report} history={history} theme={theme} />}
      {report?.monitors && <MonitorsPanel monitors={report.monitors} />}
      {report && report.signals.length > 0 && (
        <SignalsPanel report={report} history={history} theme={theme} />
      )}
      {report && images.some((image) => image === "sum" || image === "maximum") && (
        <AccumulationPanel accumulation={report.accumulation} send={state.hasGivenSums ? undefined : send} />
      )}
      {shown && histogram && (
        <ValueHistogramPanel histogram={histogram} unit={shown.header.unit} theme={theme} />
      )}
      {heldAdcHistograms && <AdcHistogramPanel histograms={heldAdcHistograms} theme={theme} />}
      {report && <BadPixelsPanel counts={report.badPixels} />}
    </aside>
  );
}
