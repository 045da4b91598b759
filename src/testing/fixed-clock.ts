import type { Clock } from "../api/index.js";

/** A clock that stands still until it is set. */
export class FixedClock implements Clock {
  /** Since 1970-01-01 UTC; set it to let time pass. */
  seconds: number;

  /** @param seconds  since 1970-01-01 UTC */
  constructor(seconds = 1_700_000_000) {
    this.seconds = seconds;
  }

  nowSeconds(): number {
    return this.seconds;
  }
}
