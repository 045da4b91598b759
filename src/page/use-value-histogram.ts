import { useEffect, useRef, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { type ValueHistogram, valueHistogram } from "./display/histogram.ts";
import type { ScaleName } from "./display/scales.ts";
import type { ValueRange } from "./display/value-range.ts";

/** As often as the other numbers: logarithms of a million pixels cost more than all the rest of an image. */
const PAUSE_MS = 500;

/** The histogram of the shown image, twice a second; of the last image in the end. */
export function useValueHistogram(
  image: ViewImage | null,
  range: ValueRange,
  scale: ScaleName,
): ValueHistogram | null {
  const [histogram, setHistogram] = useState<ValueHistogram | null>(null);
  const newest = useRef({ image, range, scale });
  newest.current = { image, range, scale };
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another image or scale is what it is about
  useEffect(() => {
    if (timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      const { image, range, scale } = newest.current;
      if (image !== null) setHistogram(valueHistogram(image, range, scale));
    }, PAUSE_MS);
  }, [image, scale]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return histogram;
}
