import type { Subscriber } from "zeromq";
import type { Clock } from "../api/index.js";
import { messageOf, StreamError } from "../errors.js";
import { parseMessage } from "./message.js";
import type { ModuleStream, ModuleStreamAddress, OpenModuleStream, StreamMessage } from "./module-stream.js";

/** Messages that wait in the socket. The default of 1000 would be 1 GB and seconds of stale frames. */
const RECEIVE_HIGH_WATER_MARK = 64;

/** Opens slsReceiver ports as SUB sockets. ZeroMQ itself is loaded when the first one is opened. */
export function zmqModuleStreamOpener(clock: Clock): OpenModuleStream {
  return async (address) => {
    const { Subscriber } = await import("zeromq");
    const socket = new Subscriber({ linger: 0, ipv6: true, receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK });
    try {
      socket.connect(address.url);
      socket.subscribe();
    } catch (error) {
      socket.close();
      throw new StreamError(
        "STREAM_BAD_SOURCE",
        `Cannot connect to '${address.url}': ${messageOf(error)}. Write tcp://HOST:PORT.`,
        { cause: error },
      );
    }
    return new ZmqModuleStream(socket, clock, address);
  };
}

/** One slsReceiver port. ZeroMQ connects, and connects again, by itself. */
class ZmqModuleStream implements ModuleStream {
  readonly url: string;
  readonly #address: ModuleStreamAddress;
  readonly #clock: Clock;
  readonly #socket: Subscriber;

  constructor(socket: Subscriber, clock: Clock, address: ModuleStreamAddress) {
    this.url = address.url;
    this.#address = address;
    this.#clock = clock;
    this.#socket = socket;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    const { streamIndex, streamCount } = this.#address;
    for await (const parts of this.#socket) {
      yield parseMessage(parts, { streamIndex, streamCount, arrivalSeconds: this.#clock.nowSeconds() });
    }
  }

  close(): void {
    this.#socket.close();
  }
}
