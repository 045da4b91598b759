import { type CustomDomain, type Domain, DomainWidget } from "@h5web/lib";
import { type FocusEvent, useEffect, useMemo, useRef, useState } from "react";
import { type Appearance, SCALE_TYPES } from "./use-appearance.ts";

/**
 * The domain, to drag or type.
 *
 * H5Web's widget loses what is being dragged or typed when its domain changes, which happens with each image.
 * The domain is therefore held meanwhile.
 */
export function LiveDomain({ appearance }: { readonly appearance: Appearance }) {
  const { painting, chosenDomain, setDomain } = appearance;
  const [isPressed, setPressed] = useState(false);
  const [isTyped, setTyped] = useState(false);
  useEffect(() => {
    const released = () => setPressed(false);
    window.addEventListener("pointerup", released);
    window.addEventListener("pointercancel", released);
    return () => {
      window.removeEventListener("pointerup", released);
      window.removeEventListener("pointercancel", released);
    };
  }, []);

  const automatic = useRef(appearance.autoscale.domain);
  if (!isPressed && !isTyped) automatic.current = appearance.autoscale.domain;
  const [autoMin, autoMax] = automatic.current;
  const [chosenMin, chosenMax] = chosenDomain;
  const dataDomain = useMemo<Domain>(() => [autoMin, autoMax], [autoMin, autoMax]);
  const customDomain = useMemo<CustomDomain>(() => [chosenMin, chosenMax], [chosenMin, chosenMax]);
  const typed = (isHeld: boolean) => (event: FocusEvent) => {
    if (event.target instanceof HTMLInputElement) setTyped(isHeld);
  };
  return (
    <fieldset
      className="domain"
      aria-label="Domain"
      onPointerDown={() => setPressed(true)}
      onFocus={typed(true)}
      onBlur={typed(false)}
    >
      <DomainWidget
        dataDomain={dataDomain}
        customDomain={customDomain}
        scaleType={SCALE_TYPES[painting.scale]}
        onCustomDomainChange={setDomain}
      />
    </fieldset>
  );
}
