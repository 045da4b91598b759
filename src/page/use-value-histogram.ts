import { useEffect, useRef, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { type ValueHistogram, valueHistogram } from "./display/histogram.ts";
import type { ScaleName } from "./display/scales.ts";
import { valueRange } from "./display/value-range.ts";

/** Logarithms of a million pixels cost more time than everything else for an image. */
const PAUSE_MS = 1000;

/** The histogram of the shown image, updated once per second, and finally for the last image. */
export function useValueHistogram(image: ViewImage | null, scale: ScaleName): ValueHistogram | null {
  const [histogram, setHistogram] = useState<ValueHistogram | null>(null);
  const newest = useRef({ image, scale });
  newest.current = { image, scale };
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again for another image or scale
  useEffect(() => {
    if (timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      const { image, scale } = newest.current;
      if (image !== null) setHistogram(valueHistogram(image, valueRange(image), scale));
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
