import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request comes from the view's own page, or from a program: a browser says by Origin which page asks, and
 * another page must not get frames with the help of somebody who looks at it.
 */
export function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return /^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
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
