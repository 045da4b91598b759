import { BYTES_PER_WORD, type DetectorLayout } from "../detector.js";

/**
 * The loss of a peer's machine or network is noticed after four seconds without an answer to TCP keepalive probes.
 * The peer's kernel answers these, so a process that is busy or stopped keeps its connection.
 */
export const KEEP_ALIVE = {
  tcpKeepalive: 1,
  tcpKeepaliveIdle: 1,
  tcpKeepaliveInterval: 1,
  tcpKeepaliveCount: 3,
} as const;

/** How long a host may take to accept a connection, and a peer to introduce itself. */
export const CONNECT_TIMEOUT_MS = 1500;
const HANDSHAKE_TIMEOUT_MS = 2000;

/** For a socket that connects: the next attempt begins a second after the last one failed, for any reason. */
export const CONNECT_OPTIONS = {
  ...KEEP_ALIVE,
  tcpMaxRetransmitTimeout: 4000,
  connectTimeout: CONNECT_TIMEOUT_MS,
  handshakeInterval: HANDSHAKE_TIMEOUT_MS,
  reconnectInterval: 200,
  reconnectMaxInterval: 1000,
} as const;

/**
 * The largest accepted message part: twice the largest that exists, OM's message with all modules. ZeroMQ disconnects
 * from a peer that announces more. It does not limit the number of parts.
 */
export function maxPartBytes({ pixels }: DetectorLayout): number {
  return 2 * pixels * BYTES_PER_WORD;
}

/**
 * For a socket that pulls from a receiver. Events in the operating system's buffer become late, and are lost to the
 * other monitors; a network of 10 Gb/s needs no more.
 *
 * Its pings let the receiver notice within a minute that this monitor is gone, even while events are on their way to
 * it. They need not be answered: a busy socket would not read the answers, and would leave a good receiver.
 * Subscribers send none, because ZeroMQ before 4.2, which old slsReceivers use, does not know them.
 */
export const PULL_OPTIONS = {
  receiveBufferSize: 512 * 1024,
  heartbeatInterval: 2000,
  heartbeatTimeout: 0,
  heartbeatTimeToLive: 60_000,
} as const;
