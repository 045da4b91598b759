import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { HostError, messageOf } from "../errors.js";
import { isLoopback } from "../loopback.js";
import type { ListenAddress } from "./listen-address.js";

/** A client that is slower than this is no scraper. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often slow clients are looked for. */
const CHECK_INTERVAL_MS = 2000;
const MAX_CONNECTIONS = 64;

/** States in which nothing is wrong. */
const HEALTHY_STATES: readonly string[] = ["waiting", "streaming"];

/** Why an address cannot be had, and what to do, by the system's code. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use. Choose another one, or 0 for any that is free.",
  EADDRNOTAVAIL: "this machine has no such address. Use one of its own, or 0.0.0.0 for all.",
  ENOTFOUND: "no machine of that name is known. Use an address of this machine.",
  EAI_AGAIN: "the name cannot be looked up now. Use an address of this machine.",
  EACCES: "that port is not for everybody. Choose one from 1024 on.",
};

/** What a Host header holds. */
const HOST = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/;

export interface MetricsServerOptions extends ListenAddress {
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Asked at each request for `/healthz`. */
  readonly health: () => { readonly state: string; readonly message: string };
}

export interface MetricsServer {
  /** `http://HOST:PORT`, with the port that was chosen. */
  readonly url: string;
  /** Stop, and break connections that are open. Harmless when repeated. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serve `/metrics` to Prometheus, and `/healthz` to whoever watches over processes.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN when the address cannot be had
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { address, port } = await listen(server, options);
  // A connection that could not be accepted concerns its client alone, and must not end the monitor.
  server.on("error", () => undefined);

  const url = `http://${inUrl(address)}:${port}`;
  const isForThisMachine = isLoopback(address);
  server.on("request", async (request, response) => {
    const mayAsk = !isForThisMachine || namesLoopback(request.headers.host, port);
    const { status, type, body, headers } = mayAsk ? await answer(request, options) : forbidden(url);
    response.writeHead(status, {
      "Content-Type": type,
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    });
    response.end(body); // to HEAD, Node.js sends the headers alone
  });

  let closed: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      // A scraper keeps its connection open between scrapes, and nothing would end it.
      server.closeAllConnections();
    });
  return {
    url,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? `${messageOf(error)}. Choose another address.`;
    throw new HostError("HOST_CANNOT_LISTEN", `Cannot listen on http://${inUrl(host)}:${port}: ${reason}`, {
      cause: error,
    });
  }
  return server.address() as AddressInfo;
}

async function answer(request: IncomingMessage, options: MetricsServerOptions): Promise<Answer> {
  const routes = new Map([
    ["/metrics", () => metricsAnswer(options)],
    ["/healthz", () => healthAnswer(options)],
  ]);
  const route = routes.get(request.url?.split("?", 1)[0] ?? "");
  if (route === undefined) return plain(404, "There is /metrics and /healthz.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { ...plain(405, "Use GET or HEAD."), headers: { Allow: "GET, HEAD" } };
  }
  try {
    return await route();
  } catch (error) {
    return plain(500, `Cannot answer: ${messageOf(error)}`);
  }
}

async function metricsAnswer({ metrics }: MetricsServerOptions): Promise<Answer> {
  return { status: 200, type: metrics.contentType, body: await metrics.text() };
}

async function healthAnswer({ health }: MetricsServerOptions): Promise<Answer> {
  const { state, message } = health();
  return {
    status: HEALTHY_STATES.includes(state) ? 200 : 503,
    type: "application/json",
    body: `${JSON.stringify({ state, message })}\n`,
  };
}

function forbidden(url: string): Answer {
  return plain(403, `This page is for this machine alone. Ask for ${url}.`);
}

function plain(status: number, text: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}

/**
 * Whether a Host header means this machine by a loopback address.
 *
 * A web page elsewhere can lead its own name to 127.0.0.1 and have a browser on this machine ask for it; the browser
 * then sends that name.
 */
function namesLoopback(header = "", port: number): boolean {
  const { ipv6, name, port: named = "80" } = HOST.exec(header)?.groups ?? {};
  return isLoopback(ipv6 ?? name ?? "") && Number(named) === port;
}

/** An address as it stands in a URL. */
function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
