import { IMAGE_NAMES, type ImageName } from "../viewer/protocol.ts";
import { LIMITS } from "./display/url-forms.ts";
import type { ChosenDomain } from "./display/value-range.ts";
import { inUrl, putInUrl } from "./view-url.ts";

const keyOf = (image: ImageName) => `limits-${image}`;

/** The limits of each image in the page's address. */
export function limitsInUrl(): Partial<Record<ImageName, ChosenDomain>> {
  return Object.fromEntries(
    IMAGE_NAMES.flatMap((image) => {
      const limits = LIMITS.parse(inUrl(keyOf(image)) ?? "");
      return limits === undefined ? [] : [[image, limits]];
    }),
  );
}

export function putLimitsInUrl(image: ImageName, limits: ChosenDomain): void {
  const isAutomatic = limits.every((bound) => bound === null);
  putInUrl(keyOf(image), isAutomatic ? null : LIMITS.format(limits));
}
