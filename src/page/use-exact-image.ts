import { useCallback, useEffect, useRef, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";

type Use = (image: ViewImage) => void;

interface ExactImage {
  /** The shown image if it is in full resolution, else null. */
  readonly exact: ViewImage | null;
  /** Whether an image in full resolution is waited for. */
  readonly isAwaited: boolean;
  /** Do something with the shown image in full resolution: at once, or with the next that is. */
  withExact(use: Use): void;
}

/** For what needs every pixel's value, while what is shown may have one value for several. */
export function useExactImage(shown: ViewImage | null): ExactImage {
  const exact = shown?.header.binning === 1 ? shown : null;
  const waiting = useRef<Use[]>([]);
  const [isAwaited, setAwaited] = useState(false);
  useEffect(() => {
    if (exact === null || !isAwaited) return;
    setAwaited(false);
    for (const use of waiting.current.splice(0)) use(exact);
  }, [exact, isAwaited]);
  const withExact = useCallback((use: Use) => {
    waiting.current.push(use);
    setAwaited(true);
  }, []);
  return { exact, isAwaited, withExact };
}
