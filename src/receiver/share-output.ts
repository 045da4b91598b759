import type { Clock, Logger } from "../api/index.js";
import { MonitorServer, type MonitorServerListener } from "./monitor-server.js";
import type { OutputMessage } from "./output.js";
import type { TcpMonitor } from "./tcp-monitor.js";
import { PUB } from "./zmtp.js";

/** Number of messages that may wait for a slow monitor, 1 MiB each; the same as in its own socket. */
const MAX_WAITING = 64;

/**
 * The outcome of a message: sent; no monitor is connected; the monitor has unsubscribed, because it is behind; or too
 * many messages are already waiting for it.
 */
export type ShareOutcome = "sent" | "unsent" | "unasked" | "overflowed";

interface Subscriber {
  isSubscribed: boolean;
  /** Number of messages that were not written yet. */
  waiting: number;
}

/**
 * The port of one monitor: a PUB socket without encryption. If several are connected, such as a monitor and `check`, each gets
 * every message. It never waits.
 */
export class ShareOutput {
  readonly #server: MonitorServer;
  readonly #subscribers: Subscribers;

  private constructor(server: MonitorServer, subscribers: Subscribers) {
    this.#server = server;
    this.#subscribers = subscribers;
  }

  /**
   * @param url  `tcp://HOST:PORT`; port 0 for any free one
   * @throws {StreamError} STREAM_CANNOT_LISTEN
   */
  static async listen(url: string, services: { logger: Logger; clock: Clock }): Promise<ShareOutput> {
    const subscribers = new Subscribers();
    return new ShareOutput(
      await MonitorServer.listen({ url, role: PUB, ...services }, subscribers),
      subscribers,
    );
  }

  /** Address for the monitor, with the actual port instead of 0. */
  get url(): string {
    return this.#server.url;
  }

  get monitorCount(): number {
    return this.#server.monitorCount;
  }

  get refusedCount(): number {
    return this.#server.refusedCount;
  }

  /** @param message  owned by this output from now on, which frees the memory after its last use */
  send({ parts, release }: OutputMessage): ShareOutcome {
    const { outcome, takers } = this.#subscribers.choose();
    let readers = takers.length;
    if (readers === 0) release();
    for (const monitor of takers) {
      monitor.send(parts, () => {
        readers -= 1;
        if (readers === 0) release();
      });
    }
    return outcome;
  }

  /** May be repeated. */
  close(): void {
    this.#server.close();
  }
}

/** The monitors that are connected, and those that can take a message. */
class Subscribers implements MonitorServerListener {
  readonly #all = new Map<TcpMonitor, Subscriber>();

  onReady(monitor: TcpMonitor): void {
    this.#all.set(monitor, { isSubscribed: false, waiting: 0 });
  }

  onSubscription(monitor: TcpMonitor, isOn: boolean): void {
    const subscriber = this.#all.get(monitor);
    if (subscriber !== undefined) subscriber.isSubscribed = isOn;
  }

  onRoom(monitor: TcpMonitor): void {
    const subscriber = this.#all.get(monitor);
    if (subscriber !== undefined) subscriber.waiting -= 1;
  }

  onEnd(monitor: TcpMonitor): void {
    this.#all.delete(monitor);
  }

  /** The monitors that get the next message. */
  choose(): { readonly outcome: ShareOutcome; readonly takers: readonly TcpMonitor[] } {
    const subscribed = [...this.#all].filter(([, { isSubscribed }]) => isSubscribed);
    const able = subscribed.filter(([, { waiting }]) => waiting < MAX_WAITING);
    for (const [, subscriber] of able) subscriber.waiting += 1;
    return {
      outcome: this.#outcome(subscribed.length, able.length),
      takers: able.map(([monitor]) => monitor),
    };
  }

  #outcome(subscribed: number, able: number): ShareOutcome {
    if (able > 0) return "sent";
    if (subscribed > 0) return "overflowed";
    return this.#all.size > 0 ? "unasked" : "unsent";
  }
}
