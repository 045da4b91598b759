import { setTimeout as delay } from "node:timers/promises";
import type { Push } from "zeromq";
import type { Clock, Logger } from "../api/index.js";
import { messageOf, StreamError } from "../errors.js";
import { type JungfrauEvent, release } from "../events/index.js";
import { FaultLog } from "../fault-log.js";
import {
  type CurveServerKeys,
  clientRefusal,
  curveServerOptions,
  LOST_CLIENT,
  MAX_CLIENT_MESSAGE_BYTES,
  OPEN_SERVER_OPTIONS,
} from "../security/index.js";
import { KEEP_ALIVE, partsHeader, writeOmPair } from "../stream/index.js";
import { MonitorCount } from "./monitor-count.js";
import { wholeModules } from "./whole-modules.js";

/** How events travel: `parts`, a header and the payloads as they came; or `om`, the pickle of OM's own receiver. */
export type OutputFormat = "parts" | "om";

export interface PushOutputOptions {
  /** `tcp://HOST:PORT`; port 0 for any that is free. */
  readonly url: string;
  readonly format: OutputFormat;
  /** Whether an event that was chosen waits for a monitor, for as long as it takes. */
  readonly waits: boolean;
  readonly keys?: CurveServerKeys | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What waits on the way to a slow monitor is late, and lost to the others: one event, and what a network needs. */
const SEND_HIGH_WATER_MARK = 1;
const SEND_BUFFER_BYTES = 512 * 1024;
/** How long events that were handed over may still travel after the end. */
const LINGER_MS = 500;
/** How often to look whether a monitor that is busy can take an event. */
const POLL_MS = 1;
/** Where nobody is connected the socket's events tell who comes; one that they did not tell of is seen after this. */
const NOBODY_POLL_MS = 200;

/** The socket that monitors pull events from, each event one of them. */
export class PushOutput {
  /** Where monitors connect to; with the port that was found for port 0. */
  readonly url: string;
  readonly #socket: Push;
  /** Whether an event waits for a monitor. */
  readonly waits: boolean;
  readonly #format: OutputFormat;
  readonly #monitors = new MonitorCount();
  /** Aborts when a monitor comes or leaves, or the socket is closed. */
  #change = new AbortController();

  private constructor(socket: Push, url: string, { format, waits }: PushOutputOptions) {
    this.#socket = socket;
    this.url = url;
    this.#format = format;
    this.waits = waits;
  }

  /** @throws {StreamError} STREAM_CANNOT_LISTEN */
  static async bind(options: PushOutputOptions): Promise<PushOutput> {
    const { url, waits, keys, logger, clock } = options;
    // ZeroMQ would take the port modulo 65536.
    if (Number(/:(\d+)$/.exec(url)?.[1] ?? 0) > 65535)
      throw cannotListen(url, new Error("there is no such port"));
    const { Push } = await import("zeromq");
    const socket = new Push({
      linger: LINGER_MS,
      ipv6: url.includes("["),
      sendHighWaterMark: SEND_HIGH_WATER_MARK,
      sendBufferSize: SEND_BUFFER_BYTES,
      sendTimeout: waits ? -1 : 0,
      maxMessageSize: MAX_CLIENT_MESSAGE_BYTES,
      ...KEEP_ALIVE,
      ...(keys ? await curveServerOptions(keys) : OPEN_SERVER_OPTIONS),
    });
    try {
      await socket.bind(url.replace(/:0$/, ":*"));
    } catch (error) {
      socket.close();
      throw cannotListen(url, error);
    }
    const output = new PushOutput(socket, socket.lastEndpoint ?? url, options);
    // It fails when the socket is closed, and then there is nothing more to watch.
    output.#watch(keys !== undefined, logger, clock).catch(() => undefined);
    return output;
  }

  /** Monitors that are connected now. */
  get monitorCount(): number {
    return this.#monitors.value;
  }

  /** Resolves when a monitor can take an event at once, or the signal aborts. */
  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#socket.writable) {
      const isNobodyThere = this.#monitors.value <= 0;
      const [pollMs, woken] = isNobodyThere ? [NOBODY_POLL_MS, this.#change.signal] : [POLL_MS, signal];
      await delay(pollMs, undefined, { signal: woken }).catch(() => undefined);
    }
  }

  /**
   * Send an event to one monitor. Its memory stays with it: ZeroMQ sends from there, but for a pickle, which is a copy.
   *
   * @returns false if nobody can take it any more, or the socket has been closed
   */
  async send(event: JungfrauEvent): Promise<boolean> {
    try {
      await this.#socket.send(this.#format === "parts" ? partsOf(event) : pickleOf(event));
      return true;
    } catch (error) {
      if (this.#socket.closed || (error as { code?: string }).code === "EAGAIN") return false;
      throw error;
    }
  }

  /** Harmless when repeated. */
  close(): void {
    this.#socket.close();
    this.#change.abort();
  }

  async #watch(hasKeys: boolean, logger: Logger, clock: Clock): Promise<void> {
    const faultLog = new FaultLog(logger, clock);
    for await (const event of this.#socket.events) {
      const change = this.#monitors.accept(event);
      const refusal = change === "lost" ? LOST_CLIENT : clientRefusal(event, hasKeys);
      if (refusal !== undefined) faultLog.warn(refusal, `${this.url} ${refusal}`);
      if (change === "connected" || change === "left") {
        this.#change.abort();
        this.#change = new AbortController();
        const what = change === "left" ? "A monitor has left" : "A monitor has connected to";
        logger.info(`${what} ${this.url}; ${this.#monitors.value} are connected`);
      }
    }
  }
}

function cannotListen(url: string, cause: unknown): StreamError {
  return new StreamError(
    "STREAM_CANNOT_LISTEN",
    `Cannot listen on ${url}: ${messageOf(cause)}. Write tcp://HOST:PORT with an address of this machine and a free port, ` +
      "or 0 for any.",
    { cause },
  );
}

function partsOf(event: JungfrauEvent): (string | Uint8Array)[] {
  return [partsHeader(event), ...event.frames.map(({ raw }) => raw)];
}

function pickleOf({ frames, timestampSeconds, frameNumber }: JungfrauEvent): Uint8Array {
  const modules = wholeModules(frames).map((raw) => ({
    raw,
    timestampSeconds,
    acquisitionIndex: frameNumber,
    frameNumber,
  }));
  const pickle = writeOmPair(modules);
  release(frames);
  return pickle;
}
