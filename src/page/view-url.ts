import { parseFragment, writeFragment } from "./display/url-forms.ts";

/** Browsers refuse more than some hundred changes of the address per half minute. */
const PAUSE_MS = 300;

/** What the page shows, in the fragment of its address: it never reaches the server, and leaves the token alone. */
const parts = parseFragment(window.location.hash);
let timer: ReturnType<typeof setTimeout> | undefined;

// A link that is opened in this tab.
window.addEventListener("hashchange", () => window.location.reload());
window.addEventListener("pagehide", write);

/** What the address says of one thing; null if nothing. */
export function inUrl(key: string): string | null {
  return parts.get(key) ?? null;
}

/** Put something into the address, so that a link shows it and a reload keeps it; null takes it out. */
export function putInUrl(key: string, value: string | null): void {
  if (inUrl(key) === value) return;
  if (value === null) parts.delete(key);
  else parts.set(key, value);
  timer ??= setTimeout(write, PAUSE_MS);
}

function write(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  const url = new URL(window.location.href);
  url.hash = writeFragment(parts);
  window.history.replaceState(null, "", url);
}
