import {
  COLOR_SCALE_TYPES,
  ColorMapSelector,
  DomainWidget,
  ScaleSelector,
  ScaleType,
  Separator,
  ToggleBtn,
  Toolbar,
} from "@h5web/lib";
import type { ScaleName } from "../display/scales.ts";
import type { Appearance } from "./use-appearance.ts";

export const SCALE_TYPES = {
  linear: ScaleType.Linear,
  log: ScaleType.Log,
  symlog: ScaleType.SymLog,
  sqrt: ScaleType.Sqrt,
} as const satisfies Record<ScaleName, ScaleType>;

interface AppearanceBarProps {
  readonly appearance: Appearance;
  readonly isEqualAspect: boolean;
  readonly onToggleAspect: () => void;
}

/** How the image is coloured: domain, colour map, scale, the colour of bad pixels. */
export function AppearanceBar({ appearance, isEqualAspect, onToggleAspect }: AppearanceBarProps) {
  const { painting, colorMap, isInverted, badColour, fullDomain, chosenDomain } = appearance;
  const isAutoscaled = chosenDomain.includes(null);
  return (
    <div className="appearance-bar" role="toolbar" aria-label="Colours">
      <Toolbar>
        <DomainWidget
          dataDomain={[...fullDomain]}
          customDomain={[...chosenDomain]}
          scaleType={SCALE_TYPES[painting.scale]}
          onCustomDomainChange={appearance.setDomain}
        />
        <ToggleBtn label="Autoscale" value={isAutoscaled} onToggle={appearance.toggleAutoscale} />
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
