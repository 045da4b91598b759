import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Limit the number of connections: a new one replaces the one whose last request is oldest, so that silent clients
 * cannot keep others out.
 *
 * A connection that became a WebSocket is no longer the server's, and does not count.
 */
export function limitConnections(server: Server, maxConnections: number): void {
  /** The connection whose last request is oldest comes first. */
  const connections = new Set<Socket>();
  const renew = (socket: Socket) => {
    if (connections.delete(socket)) connections.add(socket);
  };
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    if (connections.size <= maxConnections) return;
    const [oldest] = connections;
    oldest?.destroy();
  });
  server.on("request", ({ socket }) => renew(socket));
  server.on("upgrade", ({ socket }) => connections.delete(socket));
}
