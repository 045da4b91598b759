import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { getSystemErrorMap } from "node:util";
import type { Clock, Logger } from "../api/index.js";
import { FaultLog, parseTcpAddress, tcpUrl } from "../stream/index.js";
import { cannotListen, LINGER_MS } from "./output.js";
import { TcpMonitor } from "./tcp-monitor.js";
import type { SocketRole } from "./zmtp.js";

/** Maximum number of unidentified connections; more exist only in an attack. */
const MAX_NAMELESS = 64;
const TOO_MANY = `has refused a client: more than ${MAX_NAMELESS} have not identified themselves`;

export interface MonitorServerOptions {
  /** `tcp://HOST:PORT`; port 0 for any free one. */
  readonly url: string;
  readonly role: SocketRole;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Events of a server's monitors. */
export interface MonitorServerListener {
  /** A monitor has connected, and has room for its first message. */
  onReady(monitor: TcpMonitor): void;
  /** One of its messages has left this process. */
  onRoom(monitor: TcpMonitor): void;
  onSubscription?(monitor: TcpMonitor, isOn: boolean): void;
  /** Its connection has ended. Not called after {@link MonitorServer.close}. */
  onEnd(monitor: TcpMonitor): void;
}

/**
 * Accepts monitors on a TCP port, without encryption: ZeroMQ's protocol on Node.js' own connections. Clients that are
 * not monitors are disconnected after a while, or sooner if there are many.
 */
export class MonitorServer {
  readonly url: string;
  readonly #server: Server;
  readonly #connections = new Set<TcpMonitor>();
  #isClosed = false;
  #refused = 0;

  private constructor(
    server: Server,
    url: string,
    { role, logger, clock }: MonitorServerOptions,
    listener: MonitorServerListener,
  ) {
    this.#server = server;
    this.url = url;
    const faultLog = new FaultLog(logger, clock);
    const tell = (what: string) => logger.info(`${what} ${url}; ${this.monitorCount} are connected`);
    server.on("connection", (socket) => this.#accept(socket, role, listener, tell, faultLog));
    server.on("error", ({ message }) => faultLog.warn("accept", `${url}: ${message}`));
  }

  /** @throws {StreamError} STREAM_CANNOT_LISTEN */
  static async listen(
    options: MonitorServerOptions,
    listener: MonitorServerListener,
  ): Promise<MonitorServer> {
    const { url } = options;
    const address = parseTcpAddress(url);
    if (address === undefined) throw cannotListen(url, new Error("there is no such address"));
    const { host, port } = address;
    const server = createServer();
    try {
      server.listen({ host: host === "*" ? "0.0.0.0" : host, port });
      await once(server, "listening");
    } catch (error) {
      const [, text] = getSystemErrorMap().get((error as { errno?: number }).errno ?? 0) ?? [];
      throw cannotListen(url, text === undefined ? error : new Error(sentence(text), { cause: error }));
    }
    const found = server.address() as AddressInfo;
    return new MonitorServer(server, tcpUrl({ host: found.address, port: found.port }), options, listener);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get monitorCount(): number {
    let count = 0;
    for (const { isReady } of this.#connections) if (isReady) count += 1;
    return count;
  }

  /** Number of connections that ended before they were identified as monitors. */
  get refusedCount(): number {
    return this.#refused;
  }

  /** Allow sent messages some time to arrive, then disconnect. May be repeated. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    const connections = [...this.#connections];
    for (const connection of connections) connection.end();
    setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, LINGER_MS).unref();
  }

  #accept(
    socket: Socket,
    role: SocketRole,
    listener: MonitorServerListener,
    tell: (what: string) => void,
    faultLog: FaultLog,
  ): void {
    const monitor: TcpMonitor = new TcpMonitor(
      socket,
      {
        onReady: () => {
          tell("A monitor has connected to");
          listener.onReady(monitor);
        },
        onRoom: () => listener.onRoom(monitor),
        onSubscription: (isOn) => listener.onSubscription?.(monitor, isOn),
        onEnd: (refusal) => {
          this.#connections.delete(monitor);
          if (this.#isClosed) return;
          if (refusal !== undefined) {
            this.#refused += 1;
            faultLog.warn(refusal, `${this.url} ${refusal}`);
          }
          if (monitor.isReady) tell("A monitor has left");
          listener.onEnd(monitor);
        },
      },
      role,
    );
    this.#connections.add(monitor);
    const nameless = [...this.#connections].filter(({ isReady }) => !isReady);
    if (nameless.length > MAX_NAMELESS) nameless[0]?.destroy(TOO_MANY);
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
