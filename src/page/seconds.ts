/** Seconds since the page was opened; goes on evenly, whatever is done to the computer's clock. */
export function seconds(): number {
  return performance.now() / 1000;
}
