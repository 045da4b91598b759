const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 5;

/** How long a page waits before it reconnects, after a number of failed attempts. */
export function backOffSeconds(attempts: number): number {
  return Math.min(FIRST_SECONDS * 2 ** attempts, LONGEST_SECONDS);
}
