import { constants } from "node:os";
import type { Event } from "zeromq";
import type { Peer } from "./peer-probe.js";

/** What the wording of a refusal depends on. */
export interface Client {
  readonly hasKeys: boolean;
  /** Whether it pulls from a receiver; else it subscribes to a port of the detector. */
  readonly isPairing: boolean;
}

/** Of `error.errno` where the handshake took too long; anything else says that the peer closed the connection. */
const { EAGAIN } = constants.errno;

/**
 * Why a peer does not accept us, as a sentence without its end; undefined for an event that is no refusal.
 *
 * @param isShakingHands  whether the connection has been neither accepted nor refused yet
 */
export function refusalOf(event: Event, isShakingHands: boolean, client: Client): string | undefined {
  switch (event.type) {
    case "handshake:error:protocol": {
      const { code } = event.error;
      if (code === "ERR_ZMTP_MECHANISM_MISMATCH") return "refused: only one side uses CURVE keys";
      // With keys, this is how the type of the other socket is found not to fit.
      if (code === "ERR_ZMTP_INVALID_METADATA") return otherKind(client);
      return "refused: it does not speak ZeroMQ's protocol";
    }
    case "handshake:error:auth":
      return "refused: this key is not among those that it accepts";
    case "handshake:error:other":
      if (event.error.errno === EAGAIN) return SILENT;
      return client.hasKeys
        ? "refused: the server may have another key"
        : "refused: it closed the connection at once";
    // ZeroMQ says no more when the two sockets do not fit each other, and gives the connection up.
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

/** A refusal without a reason in better words, where a probe has found out who the peer is. */
export function refusalBy(peer: Peer, refusal: string, client: Client): string {
  // A ZeroMQ peer gives its reasons, except when it is the first to see that the sockets do not fit each other.
  if (peer.kind === "ZeroMQ" && refusal !== SILENT) return otherKind(client);
  if (peer.kind !== "other") return refusal;
  return /^HTTP\//.test(peer.greeting)
    ? "refused: a web server listens on this port, not ZeroMQ"
    : `refused: it does not speak ZeroMQ's protocol, but sent '${peer.greeting}'`;
}

export const HOST_SILENT = "the host does not answer";

/** Why an address could not be reached, by what a probe has found there; undefined if that says nothing. */
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
