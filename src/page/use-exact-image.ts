import { useCallback, useEffect, useRef, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";

type Use = (image: ViewImage) => void;

interface ExactImage {
  /** The shown image if it is in full resolution, else null. */
  readonly exact: ViewImage | null;
  /** Whether an image in full resolution is awaited. */
  readonly isAwaited: boolean;
  /** Use the shown image in full resolution: at once, or the next one that has it. */
  withExact(use: Use): void;
}

/** For uses that need every pixel's value, while the shown image may be binned. */
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
