import type { PageMessage, ViewImage } from "../viewer/protocol.ts";
import { AccumulationPanel } from "./accumulation-panel.tsx";
import { AdcHistogramPanel } from "./adc-histogram-panel.tsx";
import { BadPixelsPanel } from "./bad-pixels-panel.tsx";
import type { ValueHistogram } from "./display/histogram.ts";
import type { PageState } from "./display/page-state.ts";
import { IdentityPanel } from "./identity-panel.tsx";
import { MonitorsPanel } from "./monitors-panel.tsx";
import { NumbersPanel } from "./numbers-panel.tsx";
import { PedestalsPanel } from "./pedestals-panel.tsx";
import { SignalsPanel } from "./signals-panel.tsx";
import { ProfilesPanel } from "./tools/profiles-panel.tsx";
import { ToolPanels } from "./tools/tool-panels.tsx";
import type { Tools } from "./tools/use-tools.ts";
import type { Theme } from "./use-theme.ts";
import { ValueHistogramPanel } from "./value-histogram-panel.tsx";

interface SidePanelsProps {
  readonly state: PageState;
  readonly histogram: ValueHistogram | null;
  readonly theme: Theme;
  /** The shown image if it is in full resolution. */
  readonly exact: ViewImage | null;
  readonly send: (message: PageMessage) => void;
  readonly tools: Tools;
}

/** All numbers and graphs. */
export function SidePanels({ state, exact, histogram, theme, send, tools }: SidePanelsProps) {
  const { report, history, images, canResetPedestals, shown, heldAdcHistograms } = state;
  return (
    <aside className="panels" aria-label="Numbers">
      {report?.warnings.map((warning) => (
        <p key={warning} role="alert" className="panel warning" data-testid="warning">
          {warning}
        </p>
      ))}
      {shown && <ToolPanels tools={tools} shape={shown.header.shape} exact={exact} theme={theme} />}
      {report && <NumbersPanel report={report} history={history} theme={theme} />}
      {report?.monitors && <MonitorsPanel monitors={report.monitors} />}
      {report && report.signals.length > 0 && (
        <SignalsPanel report={report} history={history} theme={theme} />
      )}
      {report && <ProfilesPanel profiles={report.profiles} theme={theme} />}
      {report && images.some((image) => image === "sum" || image === "maximum") && (
        <AccumulationPanel accumulation={report.accumulation} send={state.hasGivenSums ? undefined : send} />
      )}
      {report && canResetPedestals && <PedestalsPanel counters={report.counters} send={send} />}
      {shown && histogram && (
        <ValueHistogramPanel histogram={histogram} header={shown.header} theme={theme} />
      )}
      {heldAdcHistograms && <AdcHistogramPanel histograms={heldAdcHistograms} theme={theme} />}
      {report && Object.keys(report.badPixels).length > 0 && <BadPixelsPanel counts={report.badPixels} />}
      {state.identity && report && (
        <IdentityPanel identity={state.identity} shown={shown} nowSeconds={report.sample.time} />
      )}
    </aside>
  );
}
