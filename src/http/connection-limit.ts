import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Keep at most so many connections: a new one replaces the one that has asked for nothing for the longest. So clients that
 * connect and stay silent cannot keep others out.
 *
 * A connection that became a WebSocket is no longer the server's, and does not count.
 */
export function limitConnections(server: Server, maxConnections: number): void {
  /** Who has asked for nothing for the longest is first. */
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
