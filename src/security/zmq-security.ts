import type { Event, Router } from "zeromq";
import { FaultCollector, messageOf, StreamError } from "../errors.js";
import type { CurveClientKeys } from "../stream/index.js";
import {
  type CurveKeyPair,
  type CurveServerKeys,
  keyBytes,
  readKeyPair,
  readPublicKey,
} from "./curve-keys.js";

/** The address at which ZeroMQ asks whether to accept a client. */
const ZAP_ADDRESS = "inproc://zeromq.zap.01";
/** A connecting client waits at most this long. */
const ZAP_POLL_MS = 10;

/**
 * Clients send keys and subscriptions of a few hundred bytes. ZeroMQ disconnects a client that announces more,
 * instead of allocating the memory.
 */
export const MAX_CLIENT_MESSAGE_BYTES = 4096;

/** Domain of servers that accept every client. */
const OPEN_DOMAIN = "om-jungfrau-open";

/**
 * Options of a socket to which others connect without keys. ZeroMQ assumes that a client with an unknown greeting
 * uses its first protocol version, and would send it messages; if a domain is set, it disconnects instead.
 */
export const OPEN_SERVER_OPTIONS = { zapDomain: OPEN_DOMAIN } as const;

/** Public keys that each server accepts, in hex, by the server's domain. */
const clientsByDomain = new Map<string, ReadonlySet<string | undefined>>();
let handler: Promise<Router> | undefined;
let domains = 0;

/** A new key pair. */
export async function newKeyPair(): Promise<CurveKeyPair> {
  const { curveKeyPair } = await import("zeromq");
  return curveKeyPair();
}

/**
 * Keys of a socket that connects, from their files; undefined if there are none.
 *
 * Without its own key pair, it makes one for the session, which is sufficient for a server that accepts every client.
 *
 * @param warn  called if other users can read a secret
 * @throws {StreamError} STREAM_KEY_FILE, the faults of all files together
 */
export async function clientKeys(
  serverKeyFile: string | undefined,
  keyFile: string | undefined,
  warn: (message: string) => void,
): Promise<CurveClientKeys | undefined> {
  if (serverKeyFile === undefined) {
    if (keyFile === undefined) return undefined;
    throw new StreamError(
      "STREAM_KEY_FILE",
      `Key file '${keyFile}' has no effect without the server's public key. Name it, too, to encrypt the stream.`,
    );
  }
  const faults = new FaultCollector();
  const pair = keyFile === undefined ? await newKeyPair() : faults.attempt(() => readKeyPair(keyFile, warn));
  const serverKey = faults.attempt(() => readPublicKey(serverKeyFile));
  faults.throwIfAny();
  return { ...pair, serverKey } as CurveClientKeys;
}

/**
 * Keys of a socket to which others connect, from their files; undefined if there are none.
 *
 * @param clientKeyFiles  public keys of accepted clients; without any, all that know the server's key are accepted
 * @param warn            called if other users can read a secret
 * @throws {StreamError} STREAM_KEY_FILE, the faults of all files together
 */
export function serverKeys(
  keyFile: string | undefined,
  clientKeyFiles: readonly string[] | undefined,
  warn: (message: string) => void,
): CurveServerKeys | undefined {
  if (keyFile === undefined) {
    if (clientKeyFiles === undefined) return undefined;
    throw new StreamError(
      "STREAM_KEY_FILE",
      `Key files ${clientKeyFiles.map((file) => `'${file}'`).join(", ")} of clients have no effect without the server's ` +
        "own key pair. Name it with --curve-key, too, to encrypt the stream.",
    );
  }
  const faults = new FaultCollector();
  const pair = faults.attempt(() => readKeyPair(keyFile, warn));
  const clients = clientKeyFiles?.map((file) => faults.attempt(() => readPublicKey(file)));
  faults.throwIfAny();
  return { secretKey: pair?.secretKey, clients } as CurveServerKeys;
}

/**
 * Options of a socket to which others connect with CURVE. Its accepted clients are remembered until the process ends.
 *
 * @throws {StreamError} STREAM_HANDLER_TAKEN
 */
export async function curveServerOptions({ secretKey, clients }: CurveServerKeys) {
  if (clients === undefined) return { curveServer: true, curveSecretKey: secretKey };
  domains += 1;
  const zapDomain = `om-jungfrau-${domains}`;
  clientsByDomain.set(zapDomain, new Set(clients.map((key) => keyBytes(key)?.toString("hex"))));
  handler ??= answerZap();
  try {
    await handler;
  } catch (error) {
    handler = undefined; // the other handler may be gone the next time
    throw error;
  }
  // If no handler answers, no client is accepted.
  return { curveServer: true, curveSecretKey: secretKey, zapDomain, zapEnforceDomain: true };
}

/**
 * ZeroMQ's authentication protocol: one handler per process answers for all its sockets.
 *
 * @see https://rfc.zeromq.org/spec/27/
 */
async function answerZap(): Promise<Router> {
  const { Router } = await import("zeromq");
  const socket = new Router({ linger: 0, receiveTimeout: 0 });
  try {
    await socket.bind(ZAP_ADDRESS);
  } catch (error) {
    socket.close();
    throw new StreamError(
      "STREAM_HANDLER_TAKEN",
      `Cannot restrict access to listed clients (--curve-clients): another ZAP handler already runs in this process, at ` +
        `${ZAP_ADDRESS} (${messageOf(error)}), and only one is possible. Run one of the two in a separate process.`,
      { cause: error },
    );
  }
  void serve(socket);
  return socket;
}

/** Polls, because waiting for a request would keep the process alive, even after its servers have closed. */
async function serve(socket: Router): Promise<void> {
  while (socket.readable) await answer(socket);
  setTimeout(() => void serve(socket), ZAP_POLL_MS).unref();
}

async function answer(socket: Router): Promise<void> {
  const message = await socket.receive();
  const start = message.findIndex((part) => part.length === 0) + 1;
  const [version, requestId, domain, , , , clientKey] = message.slice(start);
  if (version === undefined || requestId === undefined) return;
  const status = isLetIn(String(domain), clientKey) ? ["200", "OK"] : ["400", "unknown key"];
  await socket.send([...message.slice(0, start), version, requestId, ...status, "", ""]);
}

/** As soon as a handler exists, ZeroMQ also asks it for servers without a list. */
function isLetIn(domain: string, clientKey: Buffer | undefined): boolean {
  if (domain === "" || domain === OPEN_DOMAIN) return true;
  return clientKey !== undefined && (clientsByDomain.get(domain)?.has(clientKey.toString("hex")) ?? false);
}

/** Text for a client that left without identifying itself, like {@link clientRefusal}. */
export const LOST_CLIENT = "lost a client before it identified itself: does it speak ZeroMQ's protocol?";

/**
 * Why a server has refused a client, as the beginning of a sentence; undefined for an event that is not a refusal.
 */
export function clientRefusal(event: Event, hasKeys: boolean): string | undefined {
  switch (event.type) {
    case "handshake:error:auth":
      return "has refused a client: its key is not among the accepted ones";
    case "handshake:error:protocol":
      if (event.error.code === "ERR_ZMTP_MECHANISM_MISMATCH") {
        return hasKeys
          ? "has refused a client: it has no CURVE keys"
          : "has refused a client: it has CURVE keys, and this side has none";
      }
      return hasKeys
        ? "has refused a client: it expects another server's key"
        : "has refused a client: it does not speak ZeroMQ's protocol";
    case "handshake:error:other":
      return LOST_CLIENT;
    default:
      return undefined;
  }
}
