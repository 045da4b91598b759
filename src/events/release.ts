import type { ModuleFrame } from "../stream/index.js";

/** Free the memory of frames that are no longer needed. */
export function release(frames: readonly ModuleFrame[]): void {
  for (const frame of frames) frame.release?.();
}
