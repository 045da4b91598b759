import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { ExecutionContext } from "ava";

/** ZeroMQ's protocol byte by byte, for peers that break it. @see https://rfc.zeromq.org/spec/23/ */

/** What each side begins with: ZMTP 3.0, no keys. */
export const GREETING = Buffer.alloc(64);
GREETING.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, ...Buffer.from("NULL")]);

/** Its introduction as a socket of this type. */
export function ready(socketType: string): Buffer {
  return Buffer.of(
    ...[0x04, 22 + socketType.length],
    ...[5, ...Buffer.from("READY")],
    ...[11, ...Buffer.from("Socket-Type")],
    ...[0, 0, 0, socketType.length, ...Buffer.from(socketType)],
  );
}

/** What a PULL socket says before it gets its first message. */
export const PULL_GREETING = Buffer.concat([GREETING, ready("PULL")]);

/** What it says from time to time; the time to live is in tenths of a second. */
export function ping(timeToLive: number): Buffer {
  return Buffer.of(...[4, 10], ...[4, ...Buffer.from("PING")], ...[0, timeToLive], ...Buffer.from("abc"));
}

/** The begin of a message, or of one more part of it, of so many bytes. */
export function frameHead(sizeBytes: number, { more = false } = {}): Buffer {
  const head = Buffer.alloc(9);
  head[0] = 0x02 + (more ? 0x01 : 0);
  head.writeBigUInt64BE(BigInt(sizeBytes), 1);
  return head;
}

/** Flags that the protocol has not, and a size beyond all memory. */
export const GARBAGE = Buffer.alloc(32, 0xff);

/** A server that speaks to each client byte by byte. */
export class RawServer {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    server.on("connection", (socket) => this.#sockets.add(socket));
  }

  /** @param speak  called with each client that connects */
  static async listen(t: ExecutionContext, speak: (socket: Socket) => void): Promise<RawServer> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined); // being hung up on is what it is for
      socket.resume();
      speak(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const raw = new RawServer(server);
    t.teardown(() => raw.close());
    return raw;
  }

  /** How many have connected so far. */
  get clients(): number {
    return this.#sockets.size;
  }

  /** Harmless when repeated. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What a publisher says that breaks the protocol once the handshake is done. */
export function brokenPublisher(rest: Uint8Array): (socket: Socket) => void {
  return (socket) => {
    socket.write(Buffer.concat([GREETING, ready("PUB")]));
    // The client's subscription shows that its handshake is done.
    let received = 0;
    socket.on("data", ({ length }) => {
      received += length;
      if (received > GREETING.length + ready("SUB").length) socket.write(rest);
    });
  };
}
