import { useCallback, useEffect, useRef, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";

type Use = (image: ViewImage) => void;

interface ExactImage {
  /** The shown image if it is in full resolution, else null. */
  readonly exact: ViewImage | null;
  /** Whether an image in full resolution is awaited. */
  readonly isAwaited: boolean;
  /** Why there is no image in full resolution and none will come; else null. */
  readonly whyNone: string | null;
  /** Use the shown image in full resolution: at once, or the next one that has it. */
  withExact(use: Use): void;
}

/**
 * For uses that need every pixel's value, while the shown image may be binned.
 *
 * @param isConnected  whether another image can come
 */
export function useExactImage(shown: ViewImage | null, isConnected: boolean): ExactImage {
  const exact = shown?.header.binning === 1 ? shown : null;
  const whyNone =
    shown === null
      ? "There is no image yet."
      : exact === null && !isConnected
        ? "The monitor is gone, and this page does not have every pixel of the image."
        : null;
  const waiting = useRef<Use[]>([]);
  const [isAwaited, setAwaited] = useState(false);
  useEffect(() => {
    if (exact === null || !isAwaited) return;
    setAwaited(false);
    for (const use of waiting.current.splice(0)) use(exact);
  }, [exact, isAwaited]);
  useEffect(() => {
    if (whyNone === null) return;
    // An image that comes after a restart of the monitor is not the one that was asked for.
    waiting.current = [];
    setAwaited(false);
  }, [whyNone]);
  const withExact = useCallback(
    (use: Use) => {
      if (whyNone !== null) return;
      waiting.current.push(use);
      setAwaited(true);
    },
    [whyNone],
  );
  return { exact, isAwaited, whyNone, withExact };
}
