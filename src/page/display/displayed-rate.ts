const WINDOW_SECONDS = 3;

/** Images that a page draws per second, over the last three seconds. */
export class DisplayedRate {
  #times: number[] = [];

  add(seconds: number): void {
    this.#times.push(seconds);
    this.#forget(seconds);
  }

  perSecond(nowSeconds: number): number {
    this.#forget(nowSeconds);
    return this.#times.length / WINDOW_SECONDS;
  }

  #forget(nowSeconds: number): void {
    this.#times = this.#times.filter((seconds) => nowSeconds - seconds < WINDOW_SECONDS);
  }
}
