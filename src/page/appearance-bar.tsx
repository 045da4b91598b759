import {
  COLOR_SCALE_TYPES,
  ColorMapSelector,
  ScaleSelector,
  Separator,
  ToggleBtn,
  Toolbar,
} from "@h5web/lib";
import type { Percentiles } from "./display/autoscale.ts";
import { PERCENTILES } from "./display/url-forms.ts";
import { LiveDomain } from "./live-domain.tsx";
import { type Appearance, SCALE_TYPES } from "./use-appearance.ts";

interface AppearanceBarProps {
  readonly appearance: Appearance;
  readonly isEqualAspect: boolean;
  readonly onToggleAspect: () => void;
}

/** The image's colours: domain, colour map, scale, the colour of bad pixels. */
export function AppearanceBar({ appearance, isEqualAspect, onToggleAspect }: AppearanceBarProps) {
  const { painting, colorMap, isInverted, badColour, chosenDomain, percentiles } = appearance;
  const isAutoscaled = chosenDomain.includes(null);
  return (
    <div className="appearance-bar" role="toolbar" aria-label="Colours">
      <Toolbar>
        <LiveDomain appearance={appearance} />
        <ToggleBtn label="Autoscale" value={isAutoscaled} onToggle={appearance.toggleAutoscale} />
        <PercentilesSelect percentiles={percentiles} onChange={appearance.setPercentiles} />
        <Separator />
        <ColorMapSelector
          value={colorMap}
          onValueChange={appearance.setColorMap}
          invert={isInverted}
          onInversionChange={appearance.toggleInversion}
        />
        <Separator />
        <ScaleSelector
          value={SCALE_TYPES[painting.scale]}
          options={COLOR_SCALE_TYPES}
          onScaleChange={appearance.setScale}
        />
        <Separator />
        <ToggleBtn label="Equal aspect" value={isEqualAspect} onToggle={onToggleAspect} />
        <label className="bad-colour">
          Bad pixels
          <input
            type="color"
            aria-label="Colour of bad pixels"
            value={badColour}
            onChange={({ target }) => appearance.setBadColour(target.value)}
          />
        </label>
      </Toolbar>
    </div>
  );
}

const CHOICES: readonly Percentiles[] = [
  [0, 100],
  [0.1, 99.9],
  [1, 99],
  [5, 95],
];

interface PercentilesSelectProps {
  readonly percentiles: Percentiles;
  readonly onChange: (percentiles: Percentiles) => void;
}

/** The percentiles that autoscale shows; an address may contain others than those in the list. */
function PercentilesSelect({ percentiles, onChange }: PercentilesSelectProps) {
  const chosen = PERCENTILES.format(percentiles);
  const texts = new Set([...CHOICES.map((choice) => PERCENTILES.format(choice)), chosen]);
  return (
    <select
      className="percentiles"
      aria-label="Percentiles of autoscale"
      title="Autoscale goes from one percentile of the visible good pixels to the other"
      value={chosen}
      onChange={({ target }) => onChange(PERCENTILES.parse(target.value) ?? percentiles)}
    >
      {[...texts].map((text) => (
        <option key={text} value={text}>
          {text === "0,100" ? "all values" : `${text.replace(",", "–")} %`}
        </option>
      ))}
    </select>
  );
}
