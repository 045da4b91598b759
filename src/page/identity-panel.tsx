import type { MonitorIdentity, ViewImage } from "../viewer/protocol.ts";
import { ageText, baseName, timeText } from "./display/identity-text.ts";

interface IdentityPanelProps {
  readonly identity: MonitorIdentity;
  readonly shown: ViewImage | null;
  /** The monitor's time, seconds since 1970. */
  readonly nowSeconds: number;
}

/** The monitor, the settings of its frames, and the time of the shown frame. */
export function IdentityPanel({ identity, shown, nowSeconds }: IdentityPanelProps) {
  const { host, configuration, source, constants, photonEnergyKeV } = identity;
  return (
    <section className="panel" aria-labelledby="identity" data-testid="identity">
      <h2 id="identity">This monitor</h2>
      <dl className="facts">
        <dt>Host</dt>
        <dd>{host}</dd>
        <dt>Configuration</dt>
        <dd title={configuration}>{baseName(configuration)}</dd>
        <dt>Source</dt>
        <dd>{source}</dd>
        <dt>Photon energy</dt>
        <dd>{photonEnergyKeV === null ? "unknown" : `${photonEnergyKeV} keV`}</dd>
        <dt>Frame time</dt>
        <dd data-testid="frame-time">
          {shown === null ? "no frame yet" : timeText(shown.header.timestampSeconds)}
        </dd>
        <dt>Constants</dt>
        <dd>
          {constants.length === 0 && "none"}
          {constants.map(({ path, modifiedSeconds }) => (
            <div key={path} title={path}>
              {baseName(path)},{" "}
              {modifiedSeconds === null ? "file is gone" : `${ageText(nowSeconds - modifiedSeconds)} old`}
            </div>
          ))}
        </dd>
      </dl>
    </section>
  );
}
