import type { Clock } from "../api/index.js";

/** The time of day at the start, then a monotonic clock with microseconds, which never jumps. */
export const SYSTEM_CLOCK: Clock = { nowSeconds: () => (performance.timeOrigin + performance.now()) / 1000 };
