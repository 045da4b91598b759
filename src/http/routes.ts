import type { IncomingMessage } from "node:http";
import { messageOf } from "../errors.js";

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Responses by path. A path is compared literally, so only the listed ones exist. */
export type Routes = ReadonlyMap<string, (query: URLSearchParams) => HttpAnswer | Promise<HttpAnswer>>;

/**
 * Respond to GET or HEAD of a route; 404 or 405 otherwise, and 500 if a route throws.
 *
 * @param notFound  text of the 404 response
 */
export async function answerByPath(
  { method, url = "" }: IncomingMessage,
  routes: Routes,
  notFound: string,
): Promise<HttpAnswer> {
  const [path = "", query] = url.split("?", 2);
  const route = routes.get(path);
  if (route === undefined) return plain(404, notFound);
  if (method !== "GET" && method !== "HEAD") {
    return { ...plain(405, "Use GET or HEAD."), headers: { Allow: "GET, HEAD" } };
  }
  try {
    return await route(new URLSearchParams(query));
  } catch (error) {
    return plain(500, `Cannot answer: ${messageOf(error)}`);
  }
}

/** A line of text. */
export function plain(status: number, text: string): HttpAnswer {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}
