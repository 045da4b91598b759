import type { Pull, XSubscriber } from "zeromq";
import { messageOf, StreamError } from "../errors.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import type { ModuleStreamAddress } from "./module-stream.js";
import { probePeer } from "./peer-probe.js";
import { CONNECT_OPTIONS, PULL_OPTIONS } from "./socket-options.js";

/** Subscription messages, for all topics. */
export const SUBSCRIBE: Uint8Array = Uint8Array.of(1);
export const UNSUBSCRIBE: Uint8Array = Uint8Array.of(0);

export interface Sockets {
  readonly socket: XSubscriber | Pull;
  /** The same, but only for subscribers: zeromq.js also lets a PULL socket send, which would then stop reading. */
  readonly subscriber?: XSubscriber;
}

/** A socket for a stream, not connected yet. ZeroMQ is loaded with the first one. */
export async function createSockets(
  { isPairing, highWaterMark, keys }: Pick<ModuleStreamAddress, "isPairing" | "highWaterMark" | "keys">,
  maxMessageSize: number,
): Promise<Sockets> {
  const { Pull, XSubscriber } = await import("zeromq");
  const options = {
    linger: 0,
    ipv6: true,
    receiveHighWaterMark: highWaterMark,
    maxMessageSize,
    ...CONNECT_OPTIONS,
    ...(keys && {
      curveServerKey: keys.serverKey,
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
    }),
  };
  if (isPairing) return { socket: new Pull({ ...options, ...PULL_OPTIONS }) };
  // Unlike SUB, it does not discard what arrives after it has unsubscribed.
  const subscriber = new XSubscriber(options);
  return { socket: subscriber, subscriber };
}

/** Connect a socket, and keep it connected. */
export function connectSocket(
  socket: Sockets["socket"],
  options: Pick<ConnectionOptions, "endpoints" | "isBehind" | "hasKeys" | "isPairing" | "onFault">,
): Connection {
  return new Connection({
    ...options,
    events: socket.events,
    connect: (endpoint) => socket.connect(endpoint),
    disconnect: (endpoint) => socket.disconnect(endpoint),
    probe: probePeer,
  });
}

export function cannotConnect(url: string, error: unknown): StreamError {
  return new StreamError(
    "STREAM_BAD_SOURCE",
    `Cannot connect to '${url}': ${messageOf(error)}. Write tcp://HOST:PORT.`,
    { cause: error },
  );
}
