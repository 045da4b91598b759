import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { HostError, messageOf } from "../errors.js";
import { limitConnections } from "./connection-limit.js";
import { namesLoopbackOr } from "./host-header.js";
import type { ListenAddress } from "./listen-address.js";
import { isLoopback } from "./loopback.js";
import { type HttpAnswer, plain } from "./routes.js";

/** A client that is slower than this is neither a scraper nor a browser. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often to look for slow clients. */
const CHECK_INTERVAL_MS = 2000;
const MAX_CONNECTIONS = 64;

/** Why an address cannot be used, and what to do, by the system's error code. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use. Choose another one, or 0 for any that is free.",
  EADDRNOTAVAIL: "this machine has no such address. Use one of its addresses, or 0.0.0.0 for all.",
  ENOTFOUND: "the host name is unknown. Use an address of this machine.",
  EAI_AGAIN: "the host name cannot be resolved now. Use an address of this machine.",
  EACCES: "ports below 1024 need privileges. Choose 1024 or above.",
};

export interface HttpServerOptions extends ListenAddress {
  readonly answer: (request: IncomingMessage) => HttpAnswer | Promise<HttpAnswer>;
  /** Takes over a connection for a WebSocket; without it, such requests get a normal response. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Hosts that requests may name besides loopback: those of reverse proxies, as in a URL. */
  readonly proxyHosts?: readonly string[];
  /** Advice if a request is refused because of its host; a sentence. */
  readonly proxyHint?: string;
}

export interface HttpServer {
  /** `http://HOST:PORT`, with the port that was chosen. */
  readonly url: string;
  /** Stop, and break open connections. May be repeated. */
  close(): Promise<void>;
}

/**
 * Serve HTTP. On loopback, requests that name a host other than loopback or a proxy are refused.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN if the address cannot be used
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  });
  server.setTimeout(REQUEST_TIMEOUT_MS); // also if the client does not read its response
  limitConnections(server, MAX_CONNECTIONS);
  const { address, port } = await listen(server, options);
  // A connection that cannot be accepted affects only its client, and must not end the monitor.
  server.on("error", () => undefined);

  const url = `http://${inUrl(address)}:${port}`;
  const isLocal = isLoopback(address);
  const { proxyHosts = [], proxyHint = "" } = options;
  const mayAsk = ({ headers }: IncomingMessage) => !isLocal || namesLoopbackOr(proxyHosts, headers.host);
  const forbidden = plain(
    403,
    `This page is available only on this machine. Open ${url}. ${proxyHint}`.trimEnd(),
  );
  server.on("request", async (request, response) => {
    const { status, type, body, headers } = mayAsk(request) ? await options.answer(request) : forbidden;
    response.writeHead(status, {
      "Content-Type": type,
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    });
    response.end(body); // for HEAD, Node.js sends only the headers
  });
  const { upgrade } = options;
  if (upgrade !== undefined) {
    server.on("upgrade", async (request, socket, head) => {
      // Node.js no longer handles its errors: a client that disconnects now must not end the process.
      socket.on("error", () => socket.destroy());
      if (!mayAsk(request)) answerUpgrade(socket, forbidden);
      else if (request.headers.upgrade?.toLowerCase() === "websocket") upgrade(request, socket, head);
      // Some clients offer HTTP/2 with each request, but do not need it.
      else answerUpgrade(socket, await options.answer(request));
    });
  }

  let closed: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      // Clients keep their connections open between requests, and nothing else would close them.
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

/** Respond on a connection that requested another protocol, and close it. */
export function answerUpgrade(socket: Duplex, { status, type, body, headers }: HttpAnswer): void {
  const lines = Object.entries({
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    Connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`);
  // A client that does not close its side would keep the connection for ever.
  socket.end(body, () => socket.destroy());
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

/** An address as in a URL. */
function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
