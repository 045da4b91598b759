import { XPublisher } from "zeromq";
import { messageOf, SimulatorError } from "../errors.js";
import {
  type CurveServerKeys,
  clientRefusal,
  curveServerOptions,
  MAX_CLIENT_MESSAGE_BYTES,
  OPEN_SERVER_OPTIONS,
} from "../security/index.js";

/** How long pending messages are still sent after a port is closed. */
const LINGER_MS = 1000;

/** First byte of a subscriber's message. */
const SUBSCRIBE = 1;
const UNSUBSCRIBE = 0;

/**
 * One receiver port: a PUB socket, like that of an slsReceiver. It is an XPUB, which is the same on the wire,
 * but also receives subscriptions, so that tests need not lose their first frames.
 */
export class PortPublisher {
  /** Address for monitors; with the port that was chosen for port 0. */
  readonly url: string;
  readonly #socket: XPublisher;

  private constructor(socket: XPublisher, url: string) {
    this.#socket = socket;
    this.url = url;
  }

  /**
   * @param url   `tcp://HOST:PORT`; port 0 for any free one
   * @param keys  with them, the stream is encrypted
   * @param onRefused  called for each client that is not accepted, with a sentence without its full stop
   * @throws {SimulatorError} SIMULATOR_CANNOT_LISTEN
   */
  static async bind(
    url: string,
    keys?: CurveServerKeys,
    onRefused?: (message: string) => void,
  ): Promise<PortPublisher> {
    const security = keys ? await curveServerOptions(keys) : OPEN_SERVER_OPTIONS;
    const socket = new XPublisher({
      linger: LINGER_MS,
      ipv6: url.includes("["),
      maxMessageSize: MAX_CLIENT_MESSAGE_BYTES,
      ...security,
    });
    try {
      await socket.bind(url.replace(/:0$/, ":*"));
    } catch (error) {
      socket.close();
      throw new SimulatorError(
        "SIMULATOR_CANNOT_LISTEN",
        `Cannot listen on ${url}: ${messageOf(error)}. Choose an address of this machine and a free port, or 0 for any.`,
        { cause: error },
      );
    }
    const port = new PortPublisher(socket, socket.lastEndpoint ?? url);
    // It fails when the socket is closed; there is then nothing more to watch.
    if (onRefused) port.#watch(keys !== undefined, onRefused).catch(() => undefined);
    return port;
  }

  /** Resolves when a monitor has subscribed; rejects if the port is closed before. Call it once at a time. */
  subscribed(): Promise<void> {
    return this.#hears(SUBSCRIBE);
  }

  /** The same when a monitor unsubscribes. */
  unsubscribed(): Promise<void> {
    return this.#hears(UNSUBSCRIBE);
  }

  async #hears(what: number): Promise<void> {
    for (;;) {
      const [message] = await this.#socket.receive();
      if (message?.[0] === what) return;
    }
  }

  /** Hand one message to ZeroMQ; complete messages are dropped if a slow subscriber's queue is full. */
  send(parts: readonly (string | Uint8Array)[]): Promise<void> {
    return this.#socket.send([...parts]);
  }

  /** May be repeated. */
  close(): void {
    this.#socket.close();
  }

  async #watch(hasKeys: boolean, onRefused: (message: string) => void): Promise<void> {
    for await (const event of this.#socket.events) {
      const refusal = clientRefusal(event, hasKeys);
      if (refusal !== undefined) onRefused(`${this.url} ${refusal}`);
    }
  }
}
