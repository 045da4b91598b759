import { type ColorMap, INTERPOLATORS, ScaleType } from "@h5web/lib";
import { useMemo, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { colourTable } from "./colour-tables.ts";
import { type Autoscale, autoscale, DEFAULT_PERCENTILES, type Percentiles } from "./display/autoscale.ts";
import { coloursOf, type Painting } from "./display/colours.ts";
import { isWithin, type Region } from "./display/region.ts";
import { nextScale, SCALES, type ScaleName } from "./display/scales.ts";
import { COLOUR, FLAG, PERCENTILES } from "./display/url-forms.ts";
import { type ChosenDomain, shownDomain } from "./display/value-range.ts";
import { limitsInUrl, putLimitsInUrl } from "./limits-in-url.ts";
import { remember, remembered } from "./memory.ts";
import { useRememberedState, useUrlState } from "./use-url-state.ts";

/** H5Web's names of the scales. */
export const SCALE_TYPES = {
  linear: ScaleType.Linear,
  log: ScaleType.Log,
  symlog: ScaleType.SymLog,
  sqrt: ScaleType.Sqrt,
} as const satisfies Record<ScaleName, ScaleType>;

/** The colouring of images, and its controls. */
export interface Appearance {
  readonly painting: Painting;
  readonly colorMap: ColorMap;
  readonly isInverted: boolean;
  readonly badColour: string;
  readonly percentiles: Percentiles;
  /** The result of autoscale for the visible part of the image. */
  readonly autoscale: Autoscale;
  readonly chosenDomain: ChosenDomain;
  setColorMap(colorMap: ColorMap): void;
  toggleInversion(): void;
  setScale(scale: ScaleName): void;
  nextScale(): void;
  setBadColour(hex: string): void;
  setDomain(domain: ChosenDomain): void;
  setPercentiles(percentiles: Percentiles): void;
  /** Follow the image's values, or keep the domain as it is now. */
  toggleAutoscale(): void;
}

const AUTOSCALE: ChosenDomain = [null, null];
const NO_IMAGE: Autoscale = { domain: [0.1, 1], undrawn: 0 };

/**
 * @param image    limits are set for each image name, because sums have other values than frames
 * @param visible  the part of the image that is on the screen; null for all of it
 */
export function useAppearance(image: ViewImage | null, visible: Region | null): Appearance {
  const [colorMap, setColorMap] = useState(rememberedColorMap);
  const [isInverted, setInverted] = useUrlState("inverted", FLAG, false);
  const [scale, setScale] = useState(rememberedScale);
  const [badColour, setBadColour] = useUrlState("bad", COLOUR, "#ff3bd4");
  const [percentiles, setPercentiles] = useRememberedState("percentiles", PERCENTILES, DEFAULT_PERCENTILES);
  const [domains, setDomains] = useState(limitsInUrl);

  const table = useMemo(() => colourTable(colorMap, isInverted), [colorMap, isInverted]);
  const name = image?.header.image ?? null;
  const chosenDomain = (name !== null && domains[name]) || AUTOSCALE;
  const automatic = useMemo(
    () => (image === null ? NO_IMAGE : autoscale(image, withinImage(image, visible), scale, percentiles)),
    [image, visible, scale, percentiles],
  );
  const [min, max] = shownDomain(chosenDomain, automatic.domain, scale);
  const painting = useMemo<Painting>(
    () => ({ table, scale, domain: [min, max], badColour: coloursOf(badColour) }),
    [table, scale, min, max, badColour],
  );
  const setDomain = (domain: ChosenDomain) => {
    if (name !== null) {
      setDomains((others) => ({ ...others, [name]: domain }));
      putLimitsInUrl(name, domain);
    }
  };
  const changeScale = (other: ScaleName) => {
    setScale(other);
    remember("scale", other);
  };
  return {
    painting,
    colorMap,
    isInverted,
    badColour,
    percentiles,
    autoscale: automatic,
    chosenDomain,
    setColorMap(other) {
      setColorMap(other);
      remember("colorMap", other);
    },
    toggleInversion: () => setInverted(!isInverted),
    setScale: changeScale,
    nextScale: () => changeScale(nextScale(scale)),
    setBadColour,
    setDomain,
    setPercentiles,
    toggleAutoscale: () => setDomain(chosenDomain.includes(null) ? [min, max] : AUTOSCALE),
  };
}

function rememberedColorMap(): ColorMap {
  const name = remembered("colorMap");
  return name !== null && Object.hasOwn(INTERPOLATORS, name) ? (name as ColorMap) : "Viridis";
}

/** Symlog shows faint rings and the brightest spot together, and can draw values around 0. */
function rememberedScale(): ScaleName {
  return SCALES.find((name) => name === remembered("scale")) ?? "symlog";
}

/** The visible part; all of the image if its shape has changed and the part is not yet known. */
function withinImage({ header: { shape } }: ViewImage, visible: Region | null): Region {
  if (visible !== null && isWithin(visible, shape)) return visible;
  return { rows: [0, shape[0]], columns: [0, shape[1]] };
}
