import {
  COLOR_SCALE_TYPES,
  ColorMapSelector,
  ScaleSelector,
  Separator,
  ToggleBtn,
  Toolbar,
} from "@h5web/lib";
import { LiveDomain } from "./live-domain.tsx";
import { type Appearance, SCALE_TYPES } from "./use-appearance.ts";

interface AppearanceBarProps {
  readonly appearance: Appearance;
  readonly isEqualAspect: boolean;
  readonly onToggleAspect: () => void;
}

/** How the image is coloured: domain, colour map, scale, the colour of bad pixels. */
export function AppearanceBar({ appearance, isEqualAspect, onToggleAspect }: AppearanceBarProps) {
  const { painting, colorMap, isInverted, badColour, chosenDomain } = appearance;
  const isAutoscaled = chosenDomain.includes(null);
  return (
    <div className="appearance-bar" role="toolbar" aria-label="Colours">
      <Toolbar>
        <LiveDomain appearance={appearance} />
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
