import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request comes from the view's own page, or from a program. Browsers state which page sends a
 * request: another page must neither get frames through a visitor's browser, nor keep the monitor busy. A
 * link to the view is allowed.
 *
 * @param origins  other origins of the page: behind reverse proxies, whose host name may differ
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isOwnOrigin({ url = "", headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  if (origin !== undefined) {
    if (origins.includes(origin)) return true;
    return (
      /^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
    );
  }
  const isLink = mode === "navigate" && url.split("?", 1)[0] === "/";
  return site === undefined || site === "same-origin" || site === "none" || isLink;
}

/** Whether a request has the token, in its URL (`?token=`) or as `Authorization: Bearer`. */
export function hasToken({ url = "", headers }: IncomingMessage, token: string): boolean {
  const query = new URLSearchParams(url.split("?", 2)[1]);
  const given =
    query.get("token") ?? /^Bearer (?<token>\S+)$/i.exec(headers.authorization ?? "")?.groups?.token;
  if (given === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
