import { connect } from "node:net";
import { CONNECT_TIMEOUT_MS } from "./socket-options.js";
import { parseTcpAddress } from "./tcp-address.js";

/** What a plain TCP connection found at an address. */
export type Peer =
  | { readonly kind: "none"; readonly code: string | undefined }
  /** It sends nothing, or closes the connection without sending anything. */
  | { readonly kind: "silent" }
  | { readonly kind: "ZeroMQ" }
  | { readonly kind: "other"; readonly greeting: string };

/** ZeroMQ sends its greeting unasked; a peer that sends nothing for this long gets a request. */
const UNASKED_MS = 300;
const ASKED_MS = 700;
/** A request that a web server answers. */
const QUESTION = "GET / HTTP/1.0\r\n\r\n";
const MAX_GREETING_LENGTH = 32;

/**
 * Find out what listens at a TCP address, because ZeroMQ reports only that it could not connect. Takes at most three
 * seconds, and does not keep the process alive.
 *
 * @param endpoint  `tcp://ADDRESS:PORT`
 */
export function probePeer(endpoint: string): Promise<Peer> {
  const address = parseTcpAddress(endpoint);
  if (address === undefined) return Promise.resolve({ kind: "none", code: undefined });
  return new Promise((resolve) => {
    const socket = connect({ ...address }).unref();
    const found = (peer: Peer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(peer);
    };
    let timer = setTimeout(() => found({ kind: "none", code: "ETIMEDOUT" }), CONNECT_TIMEOUT_MS).unref();
    let isConnected = false;
    socket.once("connect", () => {
      isConnected = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        socket.write(QUESTION);
        timer = setTimeout(() => found({ kind: "silent" }), ASKED_MS).unref();
      }, UNASKED_MS).unref();
    });
    socket.once("data", (bytes) => found(peerOf(bytes)));
    socket.once("end", () => found({ kind: "silent" }));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      found(
        isConnected || error.code === "ECONNRESET" ? { kind: "silent" } : { kind: "none", code: error.code },
      ),
    );
  });
}

function peerOf(bytes: Uint8Array): Peer {
  if (bytes[0] === 0xff) return { kind: "ZeroMQ" };
  const [firstLine = ""] = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
  const greeting = firstLine.replace(/[^\x20-\x7e]/g, ".").slice(0, MAX_GREETING_LENGTH);
  return { kind: "other", greeting };
}
