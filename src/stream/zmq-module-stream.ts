import type { Clock, Logger } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import type { Connection } from "./connection.js";
import { Endpoints, type ResolveName, resolveNames } from "./endpoints.js";
import { FaultLog } from "./fault-log.js";
import { freeMemory } from "./free-memory.js";
import { type MessageContext, parseMessage } from "./message.js";
import type { ModuleStream, ModuleStreamAddress, OpenModuleStream, StreamMessage } from "./module-stream.js";
import { parsePairedMessage } from "./paired/paired-message.js";
import { PortPlaces } from "./port-places.js";
import { maxPartBytes } from "./socket-options.js";
import {
  cannotConnect,
  connectSocket,
  createSockets,
  type Sockets,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from "./sockets.js";

/**
 * Opens slsReceiver ports as SUB sockets, and a receiver that pairs as a PULL socket. ZeroMQ is loaded with the first
 * one.
 *
 * @param resolveName  resolves host names instead of the operating system
 */
export function zmqModuleStreamOpener(
  layout: DetectorLayout,
  clock: Clock,
  logger: Logger,
  resolveName?: ResolveName,
): OpenModuleStream {
  const faultLog = new FaultLog(logger, clock);
  const newPlaces = () =>
    new PortPlaces(() =>
      logger.warn(
        "All ports report row 0 and column 0: they are placed in the order of the source, the first on top. Set up the " +
          "modules as one detector, and check that the addresses name different ports.",
      ),
    );
  // Streams of one detector are opened one after the other.
  let places = newPlaces();
  const open = async (address: ModuleStreamAddress) => {
    const { url, keys, streamIndex, isPairing } = address;
    const endpoints = await Endpoints.of(url, resolveName);
    const sockets = await createSockets(address, maxPartBytes(layout));
    const { socket } = sockets;
    if (!places.join(streamIndex)) {
      places = newPlaces();
      places.join(streamIndex);
    }
    const onFault = (reason: string) => faultLog.warn(`${url} ${reason}`, `${url} ${reason}`);
    try {
      return new ZmqModuleStream(sockets, clock, address, { layout, places }, (isBehind) =>
        connectSocket(socket, { endpoints, isBehind, hasKeys: keys !== undefined, isPairing, onFault }),
      );
    } catch (error) {
      socket.close();
      throw cannotConnect(url, error);
    }
  };
  return Object.assign(open, { check: (urls: readonly string[]) => resolveNames(urls, resolveName) });
}

/** State that the streams of one detector share. */
type Detector = Required<Pick<MessageContext, "layout" | "places">>;

/** One slsReceiver port, or a receiver that pairs them. */
class ZmqModuleStream implements ModuleStream {
  readonly url: string;
  readonly #address: ModuleStreamAddress;
  readonly #clock: Clock;
  readonly #detector: Detector;
  readonly #sockets: Sockets;
  readonly #connection: Connection;
  /** Whether the next message is awaited: then everything that has arrived was read. */
  #isWaiting = false;
  #isPaused = true;

  constructor(
    sockets: Sockets,
    clock: Clock,
    address: ModuleStreamAddress,
    detector: Detector,
    connect: (isBehind: () => boolean) => Connection,
  ) {
    this.url = address.url;
    this.#address = address;
    this.#clock = clock;
    this.#sockets = sockets;
    this.#detector = detector;
    this.#connection = connect(() => !this.#isWaiting);
    this.resume();
  }

  get problem(): string | undefined {
    return this.#connection.problem;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    const { streamIndex, streamCount, isPairing } = this.#address;
    this.#isWaiting = true;
    for await (const parts of this.#sockets.socket) {
      this.#isWaiting = false;
      const context = {
        streamIndex,
        streamCount,
        arrivalSeconds: this.#clock.nowSeconds(),
        ...this.#detector,
        free: freeMemory,
      };
      const message = isPairing ? parsePairedMessage(parts, context) : parseMessage(parts, context);
      if (message.kind === "fault" || message.kind === "end") for (const part of parts) freeMemory(part);
      yield message;
      this.#isWaiting = true;
    }
  }

  pause(): void {
    if (!this.#isPaused) this.#subscribe(false);
  }

  resume(): void {
    if (this.#isPaused) this.#subscribe(true);
  }

  /** Subscribe to everything, or to nothing. ZeroMQ repeats it after each reconnection. */
  #subscribe(isWanted: boolean): void {
    const { subscriber } = this.#sockets;
    if (subscriber === undefined || subscriber.closed) return;
    this.#isPaused = !isWanted;
    // It is queued at once, and fails only if the socket is closed meanwhile.
    subscriber.send(isWanted ? SUBSCRIBE : UNSUBSCRIBE).catch(() => undefined);
  }

  close(): void {
    this.#connection.close();
    this.#sockets.socket.close();
  }
}
