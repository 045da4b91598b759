import type { Clock } from "../api/index.js";

/** The time of day at the start, and since then a clock that counts microseconds and never jumps. */
export const SYSTEM_CLOCK: Clock = { nowSeconds: () => (performance.timeOrigin + performance.now()) / 1000 };
