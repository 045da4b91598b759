import type { Random } from "./random.js";

type Parts = (string | Uint8Array)[];

/** Kinds of messages that no receiver sends, made from a receiver's message. */
const KINDS: readonly ((header: string, payload: Uint8Array, random: Random) => Parts)[] = [
  (_, __, random) => [Uint8Array.from({ length: 200 }, () => 256 * random())],
  (_, payload) => ["", payload],
  (header) => [header],
  (header, payload) => [header, payload.subarray(0, payload.length / 2)],
  (header, payload) => [header, payload, payload],
  (header, payload) => [header.slice(0, header.length / 3), payload],
  (header, payload) => [header.replace(/"shape":\[\d+/, '"shape":[7'), payload],
];

/** An invalid message. */
export function malformedMessage(header: string, payload: Uint8Array, random: Random): Parts {
  const make = KINDS[Math.floor(KINDS.length * random())] as (typeof KINDS)[number];
  return make(header, payload, random);
}
