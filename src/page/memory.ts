const PREFIX = "om-jungfrau.";

/** What this browser was told before; null if nothing, or if it keeps nothing. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** Keep something for the next visit, if the browser allows it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Private windows and full stores: the page works without.
  }
}
