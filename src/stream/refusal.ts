import { constants } from "node:os";
import type { Event } from "zeromq";
import type { Peer } from "./peer-probe.js";

/** The context that determines the wording of a refusal. */
export interface Client {
  readonly hasKeys: boolean;
  /** Whether the socket pulls from a receiver; else it subscribes to a port of the detector. */
  readonly isPairing: boolean;
}

/** `error.errno` if the handshake took too long; any other value means that the peer closed the connection. */
const { EAGAIN } = constants.errno;

/**
 * Why a peer refuses the connection, as the beginning of a sentence; undefined for an event that is not a refusal.
 *
 * @param isShakingHands  whether the connection has been neither accepted nor refused so far
 */
export function refusalOf(event: Event, isShakingHands: boolean, client: Client): string | undefined {
  switch (event.type) {
    case "handshake:error:protocol": {
      const { code } = event.error;
      if (code === "ERR_ZMTP_MECHANISM_MISMATCH") return "refused: only one side uses CURVE keys";
      // With keys, sockets of incompatible types end in this way.
      if (code === "ERR_ZMTP_INVALID_METADATA") return otherKind(client);
      return "refused: it does not speak ZeroMQ's protocol";
    }
    case "handshake:error:auth":
      return "refused: this key is not among the accepted ones";
    case "handshake:error:other":
      if (event.error.errno === EAGAIN) return SILENT;
      return client.hasKeys
        ? "refused: the server may have another key"
        : "refused: it closed the connection at once";
    // ZeroMQ reports nothing else if the types of the two sockets are incompatible, and gives up the connection.
    case "disconnect":
      return isShakingHands ? otherKind(client) : undefined;
    default:
      return undefined;
  }
}

const SILENT = "refused: it accepts connections and stays silent; its process hangs, or is not ZeroMQ";

function otherKind({ isPairing }: Client): string {
  return isPairing
    ? "refused: this is not an `om-jungfrau receive`. For the detector itself, name all ports: tcp://HOST:P1,tcp://HOST:P2"
    : "refused: this ZeroMQ socket is not an slsReceiver's port. Name an `om-jungfrau receive` alone, as pairs+tcp://HOST:PORT. Instead of an slsFrameSynchronizer, name the receivers' ports";
}

/** A more specific text for a refusal without a reason, if a probe has identified the peer. */
export function refusalBy(peer: Peer, refusal: string, client: Client): string {
  // A ZeroMQ peer gives its reasons, except if it is the first to find the socket types incompatible.
  if (peer.kind === "ZeroMQ" && refusal !== SILENT) return otherKind(client);
  if (peer.kind !== "other") return refusal;
  return /^HTTP\//.test(peer.greeting)
    ? "refused: a web server listens on this port, not ZeroMQ"
    : `refused: it does not speak ZeroMQ's protocol, but sent '${peer.greeting}'`;
}

export const HOST_SILENT = "the host does not answer";

/** Why an address could not be reached, from the result of a probe; undefined if that does not explain it. */
export function absenceBy(peer: Peer): string | undefined {
  if (peer.kind !== "none") return undefined;
  switch (peer.code) {
    case "ECONNREFUSED":
      return "nothing listens on this port";
    case "ETIMEDOUT":
      return HOST_SILENT;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "there is no route to the host, or a firewall rejects the port";
    default:
      return undefined;
  }
}
