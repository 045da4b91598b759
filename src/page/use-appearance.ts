import { type ColorMap, INTERPOLATORS, ScaleType } from "@h5web/lib";
import { useMemo, useState } from "react";
import type { ImageName } from "../viewer/protocol.ts";
import { colourTable } from "./colour-tables.ts";
import { coloursOf, type Painting } from "./display/colours.ts";
import { nextScale, SCALES, type ScaleName } from "./display/scales.ts";
import { COLOUR, FLAG } from "./display/url-forms.ts";
import { type ChosenDomain, fullDomain, shownDomain, type ValueRange } from "./display/value-range.ts";
import { limitsInUrl, putLimitsInUrl } from "./limits-in-url.ts";
import { remember, remembered } from "./memory.ts";
import { useUrlState } from "./use-url-state.ts";

/** The scales by H5Web's names. */
export const SCALE_TYPES = {
  linear: ScaleType.Linear,
  log: ScaleType.Log,
  symlog: ScaleType.SymLog,
  sqrt: ScaleType.Sqrt,
} as const satisfies Record<ScaleName, ScaleType>;

/** How images are coloured, and what changes that. */
export interface Appearance {
  readonly painting: Painting;
  readonly colorMap: ColorMap;
  readonly isInverted: boolean;
  readonly badColour: string;
  readonly fullDomain: Painting["domain"];
  readonly chosenDomain: ChosenDomain;
  setColorMap(colorMap: ColorMap): void;
  toggleInversion(): void;
  setScale(scale: ScaleName): void;
  nextScale(): void;
  setBadColour(hex: string): void;
  setDomain(domain: ChosenDomain): void;
  /** Follow the image's values, or keep the domain as it is now. */
  toggleAutoscale(): void;
}

const AUTOSCALE: ChosenDomain = [null, null];

/** @param image  bounds are chosen for each: sums have other values than frames */
export function useAppearance(range: ValueRange, image: ImageName | null): Appearance {
  const [colorMap, setColorMap] = useState(rememberedColorMap);
  const [isInverted, setInverted] = useUrlState("inverted", FLAG, false);
  const [scale, setScale] = useState(rememberedScale);
  const [badColour, setBadColour] = useUrlState("bad", COLOUR, "#ff3bd4");
  const [domains, setDomains] = useState(limitsInUrl);

  const table = useMemo(() => colourTable(colorMap, isInverted), [colorMap, isInverted]);
  const chosenDomain = (image !== null && domains[image]) || AUTOSCALE;
  const full = fullDomain(range, scale);
  const [min, max] = shownDomain(chosenDomain, full, scale);
  const painting = useMemo<Painting>(
    () => ({ table, scale, domain: [min, max], badColour: coloursOf(badColour) }),
    [table, scale, min, max, badColour],
  );
  const setDomain = (domain: ChosenDomain) => {
    if (image !== null) {
      setDomains((others) => ({ ...others, [image]: domain }));
      putLimitsInUrl(image, domain);
    }
  };
  const changeScale = (name: ScaleName) => {
    setScale(name);
    remember("scale", name);
  };
  return {
    painting,
    colorMap,
    isInverted,
    badColour,
    fullDomain: full,
    chosenDomain,
    setColorMap(name) {
      setColorMap(name);
      remember("colorMap", name);
    },
    toggleInversion: () => setInverted(!isInverted),
    setScale: changeScale,
    nextScale: () => changeScale(nextScale(scale)),
    setBadColour,
    setDomain,
    toggleAutoscale: () => setDomain(chosenDomain.includes(null) ? [min, max] : AUTOSCALE),
  };
}

function rememberedColorMap(): ColorMap {
  const name = remembered("colorMap");
  return name !== null && Object.hasOwn(INTERPOLATORS, name) ? (name as ColorMap) : "Viridis";
}

/** Symlog: faint rings and the brightest spot are seen at once, and values around 0 have a place. */
function rememberedScale(): ScaleName {
  return SCALES.find((name) => name === remembered("scale")) ?? "symlog";
}
