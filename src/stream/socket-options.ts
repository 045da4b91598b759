import { BYTES_PER_WORD, type DetectorLayout } from "../detector.js";

/**
 * A peer whose machine or network is gone is noticed after four seconds without an answer to TCP's own probes. The peer's
 * kernel answers them, so a process that is busy, stopped or held up keeps its connection.
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

/** Of a socket that connects: whatever happened to the peer, the next attempt begins a second after the last one failed. */
export const CONNECT_OPTIONS = {
  ...KEEP_ALIVE,
  tcpMaxRetransmitTimeout: 4000,
  connectTimeout: CONNECT_TIMEOUT_MS,
  handshakeInterval: HANDSHAKE_TIMEOUT_MS,
  reconnectInterval: 200,
  reconnectMaxInterval: 1000,
} as const;

/**
 * The largest part of a message that is accepted: twice the largest that there is, OM's message with all modules. ZeroMQ
 * disconnects from a peer that announces more. How many parts a message has, it does not limit.
 */
export function maxPartBytes({ pixels }: DetectorLayout): number {
  return 2 * pixels * BYTES_PER_WORD;
}

/**
 * Of a socket that pulls from a receiver. What waits in the operating system's buffer is late, and lost to the other
 * monitors; a network of 10 Gb/s needs no more.
 *
 * Its pings let the receiver notice within a minute that this monitor is gone, also while events are on their way to it.
 * They need not be answered: a socket that is held up would not see the answers, and leave a receiver that is well.
 * Subscribers send none: ZeroMQ before 4.2, which old slsReceivers have, does not know them.
 */
export const PULL_OPTIONS = {
  receiveBufferSize: 512 * 1024,
  heartbeatInterval: 2000,
  heartbeatTimeout: 0,
  heartbeatTimeToLive: 60_000,
} as const;
