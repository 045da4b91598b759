import { LOST_CLIENT } from "../security/index.js";

/*
 * The bytes of ZeroMQ's transport protocol, as a PUSH or PUB socket without encryption needs them.
 *
 * @see https://rfc.zeromq.org/spec/37/
 */

const GREETING_BYTES = 64;
const MAJOR_VERSION = 3;
const MECHANISM = { start: 12, end: 32 };
const FLAG = { more: 1, long: 2, command: 4 } as const;
/** A monitor sends only commands of a few dozen bytes. */
const MAX_COMMAND_BYTES = 4096;

/** The greeting of either side: version 3.1, mechanism NULL. */
export const GREETING: Buffer = greeting();
/**
 * This part of it is sent first, and the rest after the peer's greeting has arrived. A libzmq that has read a
 * complete greeting with a mechanism other than its own disconnects without sending its greeting, and would seem to
 * speak another protocol.
 */
export const GREETING_FIRST_BYTES = 11;

/** Which socket of ZeroMQ this side is, and which ones may connect to it. */
export interface SocketRole {
  readonly type: "PUSH" | "PUB";
  readonly peers: readonly string[];
}
export const PUSH: SocketRole = { type: "PUSH", peers: ["PULL"] };
export const PUB: SocketRole = { type: "PUB", peers: ["SUB", "XSUB"] };

/** The properties that a socket sends after it has read the peer's greeting. */
export function ready({ type }: SocketRole): Buffer {
  const size = Buffer.from([0, 0, 0, type.length]);
  return command("READY", Buffer.concat([shortString("Socket-Type"), size, Buffer.from(type)]));
}

/** The header of a part: its size, and whether it is the last one of its message. */
export function partStart(sizeBytes: number, isLast: boolean): Buffer {
  const more = isLast ? 0 : FLAG.more;
  if (sizeBytes < 256) return Buffer.from([more, sizeBytes]);
  const start = Buffer.alloc(9);
  start[0] = more | FLAG.long;
  start.writeBigUInt64BE(BigInt(sizeBytes), 1);
  return start;
}

/** The answer to a PING, which returns its context. */
export function pong(context: Uint8Array): Buffer {
  return command("PONG", context);
}

/** A message from a peer. */
export type Saying =
  | { readonly kind: "greeting" }
  | { readonly kind: "ready" }
  /** It subscribes or unsubscribes; topics are not distinguished. */
  | { readonly kind: "subscription"; readonly isOn: boolean }
  /** It requests its context back, and counts as gone when it sends nothing for this long; 0: never. */
  | { readonly kind: "ping"; readonly timeToLiveMs: number; readonly context: Buffer };

/** A peer cannot be served; the message says why, as the end of a sentence about this side. */
export class ZmtpRefusal extends Error {}

/** Reads what the peer of a PUSH or PUB socket sends, in pieces of any size. */
export class ZmtpReader {
  readonly #role: SocketRole;
  #unread: Buffer = Buffer.alloc(0);
  #hasGreeted = false;

  constructor(role: SocketRole = PUSH) {
    this.#role = role;
  }

  /** Whether the peer has begun like a ZeroMQ socket. */
  get hasGreeted(): boolean {
    return this.#hasGreeted;
  }

  /** @throws {ZmtpRefusal} */
  read(bytes: Uint8Array): Saying[] {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    const sayings: Saying[] = [];
    if (!this.#hasGreeted) {
      if (!this.#readGreeting()) return sayings;
      sayings.push({ kind: "greeting" });
    }
    for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
      const saying = sayingOf(frame, this.#role);
      if (saying !== undefined) sayings.push(saying);
    }
    return sayings;
  }

  #readGreeting(): boolean {
    const unread = this.#unread;
    if ((unread.length > 0 && unread[0] !== 0xff) || (unread.length > 9 && unread[9] !== 0x7f)) {
      throw new ZmtpRefusal(LOST_CLIENT);
    }
    if (unread.length > 10 && (unread[10] as number) < MAJOR_VERSION) {
      throw new ZmtpRefusal("has refused a client: its ZeroMQ is older than version 4");
    }
    if (unread.length < GREETING_BYTES) return false;
    const mechanism = unread.toString("latin1", MECHANISM.start, MECHANISM.end).replace(/\0+$/, "");
    if (mechanism !== "NULL") throw new ZmtpRefusal(refusalOfMechanism(mechanism));
    this.#unread = unread.subarray(GREETING_BYTES);
    this.#hasGreeted = true;
    return true;
  }

  /** Flags and body of the next frame; undefined until all of it has arrived. */
  #nextFrame(): { flags: number; body: Buffer } | undefined {
    const unread = this.#unread;
    const flags = unread[0];
    if (flags === undefined) return undefined;
    const startBytes = flags & FLAG.long ? 9 : 2;
    if (unread.length < startBytes) return undefined;
    const size = flags & FLAG.long ? Number(unread.readBigUInt64BE(1)) : (unread[1] as number);
    if (size > MAX_COMMAND_BYTES)
      throw new ZmtpRefusal("has refused a client: it sends what no monitor sends");
    if (unread.length < startBytes + size) return undefined;
    this.#unread = unread.subarray(startBytes + size);
    return { flags, body: unread.subarray(startBytes, startBytes + size) };
  }
}

function sayingOf({ flags, body }: { flags: number; body: Buffer }, role: SocketRole): Saying | undefined {
  if (!(flags & FLAG.command)) return role.type === "PUB" ? subscriptionOf(body) : undefined;
  const nameEnd = 1 + (body[0] ?? 0);
  const rest = body.subarray(nameEnd);
  switch (body.toString("latin1", 1, nameEnd)) {
    case "READY":
      if (!role.peers.includes(socketType(rest) ?? ""))
        throw new ZmtpRefusal("has refused a client: it is a ZeroMQ socket of another type");
      return { kind: "ready" };
    case "SUBSCRIBE":
      return { kind: "subscription", isOn: true };
    case "CANCEL":
      return { kind: "subscription", isOn: false };
    case "PING":
      if (rest.length < 2) throw new ZmtpRefusal("has refused a client: its ping is cut short");
      return { kind: "ping", timeToLiveMs: 100 * rest.readUInt16BE(0), context: rest.subarray(2) };
    default:
      return undefined;
  }
}

/** Before version 3.1 of the protocol, a subscription is a message: 1 or 0, and the topic. */
function subscriptionOf(body: Buffer): Saying | undefined {
  const [first] = body;
  return first === 0 || first === 1 ? { kind: "subscription", isOn: first === 1 } : undefined;
}

/** Text from an unknown client is not repeated in messages. */
function refusalOfMechanism(mechanism: string): string {
  return mechanism === "CURVE"
    ? "has refused a client: it has CURVE keys, and this side has none"
    : "has refused a client: it requires a security mechanism that this side does not support";
}

/** The property among those of a READY: pairs of a short name and a long value. */
function socketType(properties: Buffer): string | undefined {
  for (let at = 0; at < properties.length; ) {
    const nameEnd = at + 1 + (properties[at] as number);
    if (nameEnd + 4 > properties.length) return undefined;
    const valueEnd = nameEnd + 4 + properties.readUInt32BE(nameEnd);
    if (properties.toString("latin1", at + 1, nameEnd).toLowerCase() === "socket-type") {
      return properties.toString("latin1", nameEnd + 4, valueEnd);
    }
    at = valueEnd;
  }
  return undefined;
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = MAJOR_VERSION;
  bytes[11] = 1;
  bytes.write("NULL", MECHANISM.start);
  return bytes;
}

function command(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([shortString(name), data]);
  return Buffer.concat([Buffer.from([FLAG.command, body.length]), body]);
}

function shortString(text: string): Buffer {
  return Buffer.from(String.fromCharCode(text.length) + text, "latin1");
}
