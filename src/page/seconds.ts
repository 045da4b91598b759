/** Seconds since the page was opened, from a monotonic clock. */
export function seconds(): number {
  return performance.now() / 1000;
}
