const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 5;

/** How long a page waits before it tries to connect again, after so many attempts in vain. */
export function backOffSeconds(attempts: number): number {
  return Math.min(FIRST_SECONDS * 2 ** attempts, LONGEST_SECONDS);
}
