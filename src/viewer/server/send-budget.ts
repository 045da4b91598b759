/** Maximum time for which unused sending capacity is saved up. */
const BURST_SECONDS = 0.1;

/** Limits the bytes sent to all pages, because sending costs processor time that the monitor may need. */
export class SendBudget {
  #bytesPerSecond: number;
  readonly #nowMs: () => number;
  #left: number;
  #sinceMs: number;

  /** @param nowMs  a monotonic clock */
  constructor(bytesPerSecond: number, nowMs: () => number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#nowMs = nowMs;
    this.#left = bytesPerSecond * BURST_SECONDS;
    this.#sinceMs = nowMs();
  }

  set bytesPerSecond(bytesPerSecond: number) {
    this.#earn();
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Milliseconds until the next message may be sent; 0 for at once. */
  get waitMs(): number {
    this.#earn();
    return this.#left >= 0 ? 0 : (-this.#left / this.#bytesPerSecond) * 1000;
  }

  /** Record a sent message. It may exceed the remaining budget; the next one then waits longer. */
  spend(bytes: number): void {
    this.#left -= bytes;
  }

  #earn(): void {
    const now = this.#nowMs();
    const earned = ((now - this.#sinceMs) / 1000) * this.#bytesPerSecond;
    this.#left = Math.min(this.#left + earned, this.#bytesPerSecond * BURST_SECONDS);
    this.#sinceMs = now;
  }
}
