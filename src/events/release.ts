import type { ModuleFrame } from "../stream/index.js";

/** Give the memory of frames back that nobody will look at again. */
export function release(frames: readonly ModuleFrame[]): void {
  for (const frame of frames) frame.release?.();
}
