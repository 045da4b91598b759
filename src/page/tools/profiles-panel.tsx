import { memo } from "react";
import type { Profile } from "../../viewer/protocol.ts";
import type { Theme } from "../use-theme.ts";
import { CurvePlot } from "./curve-plot.tsx";

interface ProfilesPanelProps {
  readonly profiles: readonly Profile[];
  readonly theme: Theme;
}

/** Curves of data sources, such as radial profiles of the newest frame. */
export const ProfilesPanel = memo(function ProfilesPanel({ profiles, theme }: ProfilesPanelProps) {
  return profiles.map(({ name, unit, centres, mean }) => (
    <section key={name} className="panel" aria-labelledby={`profile-${name}`}>
      <h2 id={`profile-${name}`}>
        {name}: mean over rings, in {unit}
      </h2>
      <CurvePlot
        label={`${name}, mean of each ring over its radius in ${unit}`}
        x={centres}
        y={mean}
        theme={theme}
      />
    </section>
  ));
});
