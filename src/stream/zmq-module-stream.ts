import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Pull, Subscriber } from "zeromq";
import type { Clock, Logger } from "../api/index.js";
import { FaultCollector, messageOf, StreamError } from "../errors.js";
import { FaultLog } from "../fault-log.js";
import { Connection } from "./connection.js";
import { freeMemory } from "./free-memory.js";
import { KEEP_ALIVE } from "./keep-alive.js";
import { parseMessage } from "./message.js";
import type { ModuleStream, ModuleStreamAddress, OpenModuleStream, StreamMessage } from "./module-stream.js";
import { parsePairedMessage } from "./paired-message.js";
import { isPairing } from "./source-string.js";

/**
 * What the operating system may hold of a receiver's events. What waits there is late, and lost to the other monitors;
 * a network of 10 Gb/s needs no more.
 */
const PULL_BUFFER_BYTES = 512 * 1024;

/** Opens slsReceiver ports as SUB sockets, and a receiver that pairs as PULL. ZeroMQ itself is loaded with the first. */
export function zmqModuleStreamOpener(clock: Clock, logger: Logger): OpenModuleStream {
  const faultLog = new FaultLog(logger, clock);
  const open = async (address: ModuleStreamAddress) => {
    await resolveHost(address.url);
    const socket = await createSocket(address);
    try {
      const connect = () => socket.connect(address.url);
      const connection = new Connection({
        events: socket.events,
        hasKeys: address.keys !== undefined,
        reconnect: () => {
          if (socket.closed) return;
          socket.disconnect(address.url);
          connect();
        },
        onRefused: (reason) => faultLog.warn(`${address.url} ${reason}`, `${address.url} ${reason}`),
      });
      connect();
      return new ZmqModuleStream(socket, clock, address, connection);
    } catch (error) {
      socket.close();
      throw new StreamError(
        "STREAM_BAD_SOURCE",
        `Cannot connect to '${address.url}': ${messageOf(error)}. Write tcp://HOST:PORT.`,
        { cause: error },
      );
    }
  };
  return Object.assign(open, { check: resolveHosts });
}

/** Each host once, although several streams may come from it. */
async function resolveHosts(urls: readonly string[]): Promise<void> {
  const faults = new FaultCollector();
  const hosts = urls.map(hostOf);
  const firstUrls = urls.filter((_, index) => hosts.indexOf(hosts[index]) === index);
  for (const url of firstUrls) await faults.attemptAsync(() => resolveHost(url));
  faults.throwIfAny();
}

function hostOf(url: string): string | undefined {
  return /^tcp:\/\/(.*):\d+$/.exec(url)?.[1];
}

/** ZeroMQ would ask for the name again and again, and never say that nobody knows it. */
async function resolveHost(url: string): Promise<void> {
  const host = hostOf(url);
  if (host === undefined || host.startsWith("[") || isIP(host) !== 0) return;
  try {
    await lookup(host);
  } catch (error) {
    throw new StreamError(
      "STREAM_UNKNOWN_HOST",
      `Nobody knows the host of '${url}' (${messageOf(error)}). Correct the name, or write its IP address.`,
      { cause: error },
    );
  }
}

async function createSocket({ streamCount, highWaterMark, keys }: ModuleStreamAddress) {
  const { Pull, Subscriber } = await import("zeromq");
  const options = {
    linger: 0,
    ipv6: true,
    receiveHighWaterMark: highWaterMark,
    ...KEEP_ALIVE,
    ...(keys && {
      curveServerKey: keys.serverKey,
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
    }),
  };
  if (isPairing(streamCount)) return new Pull({ ...options, receiveBufferSize: PULL_BUFFER_BYTES });
  const socket = new Subscriber(options);
  socket.subscribe();
  return socket;
}

/** One slsReceiver port, or a receiver that pairs them. ZeroMQ connects, and connects again, by itself. */
class ZmqModuleStream implements ModuleStream {
  readonly url: string;
  readonly #address: ModuleStreamAddress;
  readonly #clock: Clock;
  readonly #socket: Subscriber | Pull;
  readonly #connection: Connection;

  constructor(socket: Subscriber | Pull, clock: Clock, address: ModuleStreamAddress, connection: Connection) {
    this.url = address.url;
    this.#address = address;
    this.#clock = clock;
    this.#socket = socket;
    this.#connection = connection;
  }

  get problem(): string | undefined {
    return this.#connection.problem;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    const { streamIndex, streamCount } = this.#address;
    for await (const parts of this.#socket) {
      const context = {
        streamIndex,
        streamCount,
        arrivalSeconds: this.#clock.nowSeconds(),
        free: freeMemory,
      };
      const message = isPairing(streamCount)
        ? parsePairedMessage(parts, context)
        : parseMessage(parts, context);
      if (message.kind === "fault" || message.kind === "end") for (const part of parts) freeMemory(part);
      yield message;
    }
  }

  close(): void {
    this.#socket.close();
  }
}
