/** Socket options. A peer whose machine is gone says no farewell: it is missed when it answers no probe for ten seconds. */
export const KEEP_ALIVE = {
  tcpKeepalive: 1,
  tcpKeepaliveIdle: 5,
  tcpKeepaliveInterval: 2,
  tcpKeepaliveCount: 3,
} as const;
