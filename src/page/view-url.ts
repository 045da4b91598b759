import { parseFragment, writeFragment } from "./display/url-forms.ts";

/** Browsers allow only some hundred changes of the address per half minute. */
const PAUSE_MS = 300;

/** The page's settings, in the address's fragment: never sent to the server, and separate from the token. */
const parts = parseFragment(window.location.hash);
let timer: ReturnType<typeof setTimeout> | undefined;

// A link was opened in this tab.
window.addEventListener("hashchange", () => window.location.reload());
window.addEventListener("pagehide", write);

/** A value in the address; null if missing. */
export function inUrl(key: string): string | null {
  return parts.get(key) ?? null;
}

/** Write a value to the address, so that links and reloads keep it; null removes it. */
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
