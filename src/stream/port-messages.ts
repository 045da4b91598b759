import type { XSubscriber } from "zeromq";
import type { Clock, Logger } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import type { Connection } from "./connection.js";
import { Endpoints } from "./endpoints.js";
import { FaultLog } from "./fault-log.js";
import type { CurveClientKeys } from "./module-stream.js";
import { maxPartBytes } from "./socket-options.js";
import { cannotConnect, connectSocket, createSockets, SUBSCRIBE } from "./sockets.js";

export interface PortMessagesOptions {
  /** tcp://HOST:PORT of an slsReceiver's port. */
  readonly url: string;
  /** Messages that may wait in the socket, 1 MiB each. */
  readonly highWaterMark: number;
  readonly keys?: CurveClientKeys | undefined;
  readonly layout: DetectorLayout;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * The messages of one slsReceiver port as they arrive, for a program that passes them on. Like a `ModuleStream`, it
 * waits while nothing arrives. To be iterated once; the caller owns the parts.
 */
export class PortMessages implements AsyncIterable<readonly Uint8Array[]> {
  readonly url: string;
  readonly #socket: XSubscriber;
  readonly #connection: Connection;
  /** Whether the next message is awaited: then everything that has arrived was read. */
  #isWaiting = false;

  private constructor(url: string, socket: XSubscriber, connect: (isBehind: () => boolean) => Connection) {
    this.url = url;
    this.#socket = socket;
    this.#connection = connect(() => !this.#isWaiting);
    socket.send(SUBSCRIBE).catch(() => undefined); // fails only if the socket is closed meanwhile
  }

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST */
  static async open(options: PortMessagesOptions): Promise<PortMessages> {
    const { url, keys, highWaterMark, layout, logger, clock } = options;
    const endpoints = await Endpoints.of(url);
    const faultLog = new FaultLog(logger, clock);
    const address = { isPairing: false, highWaterMark, keys };
    const socket = (await createSockets(address, maxPartBytes(layout))).socket as XSubscriber;
    const onFault = (reason: string) => faultLog.warn(reason, `${url} ${reason}`);
    try {
      return new PortMessages(url, socket, (isBehind) =>
        connectSocket(socket, {
          endpoints,
          isBehind,
          hasKeys: keys !== undefined,
          isPairing: false,
          onFault,
        }),
      );
    } catch (error) {
      socket.close();
      throw cannotConnect(url, error);
    }
  }

  /** Why nothing can arrive; undefined while connected. */
  get problem(): string | undefined {
    return this.#connection.problem;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    this.#isWaiting = true;
    for await (const parts of this.#socket) {
      this.#isWaiting = false;
      yield parts;
      this.#isWaiting = true;
    }
  }

  /** Ends the iteration. May be repeated. */
  close(): void {
    this.#connection.close();
    this.#socket.close();
  }
}
