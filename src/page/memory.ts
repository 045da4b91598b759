import { inUrl, putInUrl } from "./view-url.ts";

const PREFIX = "om-jungfrau.";

/** The value in the page's address, or else in this browser's storage; null if neither has one. */
export function remembered(key: string): string | null {
  const value = inUrl(key) ?? stored(key);
  putInUrl(key, value); // a link shows the same in another browser
  return value;
}

/** Store a value in the page's address, and for the next visit if the browser allows it; null removes it. */
export function remember(key: string, value: string | null): void {
  putInUrl(key, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Private windows and full storage: the page works without it.
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}
