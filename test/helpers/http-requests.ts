import { once } from "node:events";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with any headers and path: fetch lets neither Host nor `..` be chosen. */
export async function ask(url: string, options: RequestOptions = {}): Promise<Reply> {
  const sent = request(url, options).end();
  const [response] = await once(sent, "response");
  response.setEncoding("latin1");
  let body = "";
  for await (const text of response) body += text;
  return { status: response.statusCode, headers: response.headers, body };
}
