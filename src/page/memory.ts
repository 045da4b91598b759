import { inUrl, putInUrl } from "./view-url.ts";

const PREFIX = "om-jungfrau.";

/** What the page's address says, or else what this browser was told before; null if nothing, or if it keeps nothing. */
export function remembered(key: string): string | null {
  const value = inUrl(key) ?? stored(key);
  putInUrl(key, value); // a link shows the same in another browser
  return value;
}

/** Keep something in the page's address, and for the next visit if the browser allows it; null forgets it. */
export function remember(key: string, value: string | null): void {
  putInUrl(key, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Private windows and full stores: the page works without.
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}
