import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { getSystemErrorMap } from "node:util";
import { FaultLog, parseTcpAddress, tcpUrl } from "../stream/index.js";
import { cannotListen, LINGER_MS, type Output, type OutputMessage, type OutputOptions } from "./output.js";
import { TcpMonitor } from "./tcp-monitor.js";

/** Connections that have not said yet that they are monitors; there are as many as this only where somebody does harm. */
const MAX_NAMELESS = 64;
const TOO_MANY = `has refused a client: more than ${MAX_NAMELESS} have not identified themselves`;

/**
 * A PUSH socket without encryption: ZeroMQ's protocol on Node.js' own TCP connections. A connection reports when an event
 * was written. Its memory is freed then, and the monitor has room for the next event, so no monitor has to be polled.
 *
 * This process holds one event per monitor at most. Who connects and is no monitor is hung up on after a while, or sooner
 * where there are many.
 */
export class TcpOutput implements Output {
  readonly url: string;
  readonly waits: boolean;
  readonly #server: Server;
  readonly #connections = new Set<TcpMonitor>();
  /** Monitors that can take an event at once; who has waited longest is first. */
  readonly #idle = new Set<TcpMonitor>();
  /** Whoever waits for a monitor that can, or for the end. */
  #waiting: (() => void)[] = [];
  #isClosed = false;
  #refused = 0;

  private constructor(server: Server, url: string, { waits, logger, clock }: Omit<OutputOptions, "keys">) {
    this.#server = server;
    this.url = url;
    this.waits = waits;
    const faultLog = new FaultLog(logger, clock);
    const tell = (what: string) => logger.info(`${what} ${url}; ${this.monitorCount} are connected`);
    server.on("connection", (socket) => this.#accept(socket, tell, faultLog));
    server.on("error", ({ message }) => faultLog.warn("accept", `${url}: ${message}`));
  }

  /** @throws {StreamError} STREAM_CANNOT_LISTEN */
  static async listen(options: Omit<OutputOptions, "keys">): Promise<TcpOutput> {
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
    return new TcpOutput(server, tcpUrl({ host: found.address, port: found.port }), options);
  }

  get monitorCount(): number {
    let count = 0;
    for (const { isReady } of this.#connections) if (isReady) count += 1;
    return count;
  }

  get refusedCount(): number {
    return this.#refused;
  }

  async room(signal: AbortSignal): Promise<void> {
    const wake = () => this.#changed();
    signal.addEventListener("abort", wake);
    while (!signal.aborted && !this.#isClosed && this.#idle.size === 0) await this.#change();
    signal.removeEventListener("abort", wake);
  }

  async send({ parts, release }: OutputMessage): Promise<boolean> {
    while (this.waits && this.#idle.size === 0 && !this.#isClosed) await this.#change();
    const [monitor] = this.#idle;
    if (monitor === undefined || this.#isClosed) {
      release();
      return false;
    }
    this.#idle.delete(monitor);
    monitor.send(parts, release);
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    const connections = [...this.#connections];
    for (const connection of connections) connection.end();
    setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, LINGER_MS).unref();
    this.#changed();
  }

  #accept(socket: Socket, tell: (what: string) => void, faultLog: FaultLog): void {
    const hasRoom = () => {
      this.#idle.add(monitor);
      this.#changed();
    };
    const monitor: TcpMonitor = new TcpMonitor(socket, {
      onReady: () => {
        tell("A monitor has connected to");
        hasRoom();
      },
      onRoom: hasRoom,
      onEnd: (refusal) => {
        this.#connections.delete(monitor);
        this.#idle.delete(monitor);
        if (this.#isClosed) return;
        if (refusal !== undefined) {
          this.#refused += 1;
          faultLog.warn(refusal, `${this.url} ${refusal}`);
        }
        if (monitor.isReady) tell("A monitor has left");
      },
    });
    this.#connections.add(monitor);
    const nameless = [...this.#connections].filter(({ isReady }) => !isReady);
    if (nameless.length > MAX_NAMELESS) nameless[0]?.destroy(TOO_MANY);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
