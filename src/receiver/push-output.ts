import { setTimeout as delay } from "node:timers/promises";
import type { Push } from "zeromq";
import type { Clock, Logger } from "../api/index.js";
import {
  type CurveServerKeys,
  clientRefusal,
  curveServerOptions,
  LOST_CLIENT,
  MAX_CLIENT_MESSAGE_BYTES,
} from "../security/index.js";
import { FaultLog, KEEP_ALIVE, parseTcpAddress } from "../stream/index.js";
import { MonitorCount } from "./monitor-count.js";
import { cannotListen, LINGER_MS, type Output, type OutputMessage, type OutputOptions } from "./output.js";

/**
 * Events that wait on the way to a slow monitor become late, and are lost to the others: one event, and what a
 * network needs.
 */
const SEND_HIGH_WATER_MARK = 1;
const SEND_BUFFER_BYTES = 512 * 1024;
/** A monitor identifies itself at once. */
const HANDSHAKE_MS = 5000;
/** How often to check whether a busy monitor can take an event. */
const POLL_MS = 1;
/**
 * While no monitor is connected, the socket's events announce a new one; a monitor without an event is noticed after
 * this time.
 */
const NOBODY_POLL_MS = 200;

/**
 * ZeroMQ's own socket, which supports encryption. It sends from an event's memory and does not report when it has
 * finished, so this memory waits for the garbage collector, which costs more than sending, but less than encryption.
 */
export class PushOutput implements Output {
  readonly url: string;
  readonly waits: boolean;
  readonly #socket: Push;
  readonly #monitors = new MonitorCount();
  #refused = 0;
  /** Aborts when a monitor connects or leaves, or the socket is closed. */
  #change = new AbortController();

  private constructor(socket: Push, url: string, { waits }: OutputOptions) {
    this.#socket = socket;
    this.url = url;
    this.waits = waits;
  }

  /** @throws {StreamError} STREAM_CANNOT_LISTEN */
  static async bind(options: OutputOptions & { readonly keys: CurveServerKeys }): Promise<PushOutput> {
    const { url, waits, keys, logger, clock } = options;
    // ZeroMQ would take the port modulo 65536.
    if (parseTcpAddress(url) === undefined) throw cannotListen(url, new Error("there is no such address"));
    const { Push } = await import("zeromq");
    const socket = new Push({
      linger: LINGER_MS,
      ipv6: url.includes("["),
      sendHighWaterMark: SEND_HIGH_WATER_MARK,
      sendBufferSize: SEND_BUFFER_BYTES,
      sendTimeout: waits ? -1 : 0,
      handshakeInterval: HANDSHAKE_MS,
      maxMessageSize: MAX_CLIENT_MESSAGE_BYTES,
      ...KEEP_ALIVE,
      ...(await curveServerOptions(keys)),
    });
    try {
      await socket.bind(url.replace(/:0$/, ":*"));
    } catch (error) {
      socket.close();
      throw cannotListen(url, error);
    }
    const output = new PushOutput(socket, socket.lastEndpoint ?? url, options);
    // It fails when the socket is closed; then nothing remains to be watched.
    output.#watch(logger, clock).catch(() => undefined);
    return output;
  }

  get refusedCount(): number {
    return this.#refused;
  }

  get monitorCount(): number {
    return this.#monitors.value;
  }

  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#socket.writable) {
      const isNobodyThere = this.#monitors.value <= 0;
      const [pollMs, woken] = isNobodyThere ? [NOBODY_POLL_MS, this.#change.signal] : [POLL_MS, signal];
      await delay(pollMs, undefined, { signal: woken }).catch(() => undefined);
    }
  }

  async send({ parts }: OutputMessage): Promise<boolean> {
    try {
      await this.#socket.send([...parts]);
      return true;
    } catch (error) {
      if (this.#socket.closed || (error as { code?: string }).code === "EAGAIN") return false;
      throw error;
    }
  }

  close(): void {
    this.#socket.close();
    this.#change.abort();
  }

  async #watch(logger: Logger, clock: Clock): Promise<void> {
    const faultLog = new FaultLog(logger, clock);
    for await (const event of this.#socket.events) {
      const change = this.#monitors.accept(event);
      const refusal = change === "lost" ? LOST_CLIENT : clientRefusal(event, true);
      if (refusal !== undefined) {
        this.#refused += 1;
        faultLog.warn(refusal, `${this.url} ${refusal}`);
      }
      if (change === "connected" || change === "left") {
        this.#change.abort();
        this.#change = new AbortController();
        const what = change === "left" ? "A monitor has left" : "A monitor has connected to";
        logger.info(`${what} ${this.url}; ${this.#monitors.value} are connected`);
      }
    }
  }
}
