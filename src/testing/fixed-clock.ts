import type { Clock } from "../api/index.js";

/** A clock that stands still until it is set. */
export class FixedClock implements Clock {
  seconds: number;

  constructor(seconds = 1_700_000_000) {
    this.seconds = seconds;
  }

  nowSeconds(): number {
    return this.seconds;
  }
}
