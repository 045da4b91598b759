import type { DetectorLayout } from "../detector.js";
import { StreamError } from "../errors.js";

/** `tcp://HOST:PORT`, with an IPv6 host in brackets, or `ipc://PATH`. */
const ADDRESS = /^(?:tcp:\/\/(?:[^\s:/*[\]]+|\[[0-9a-fA-F:.]+\]):(?<port>\d{1,5})|ipc:\/\/\S+)$/;

/** Prefix for the address of a receiver that pairs. */
const PAIRS = "pairs+";

/** Text that is meant as an address, valid or not; everything else is a file name. */
const LIKE_ADDRESS = /^$|:\/\/|^pairs\+|^(?:tcp|ipc):|^[\w.-]+:\d+$/i;

/** The ports of a detector, a receiver that pairs them, or recorded files. */
export type SourceKind = "ports" | "receiver" | "recording";

/** The streams in a source string. */
export interface Source {
  readonly kind: SourceKind;
  /** Addresses as ZeroMQ takes them; for recordings, a single string with all paths, separated by commas. */
  readonly urls: readonly string[];
}

/**
 * Read a source string: `tcp://HOST:30001,tcp://HOST:30002`, the ports of the detector, or `pairs+tcp://HOST:12321`,
 * a receiver that pairs them, or `run_master_0.json,run_master_1.json`, recordings. As the detector has more than one
 * port, a single `tcp://HOST:12321` can only be a receiver.
 *
 * @throws {StreamError} STREAM_BAD_SOURCE
 */
export function parseSource(source: string, layout: DetectorLayout): Source {
  const named = source.split(",").map((url) => url.trim());
  if (recordsOnly(source)) return { kind: "recording", urls: [named.join(",")] };
  const urls = named.map((url) => (url.startsWith(PAIRS) ? url.slice(PAIRS.length) : url));
  const odd = named.find((_, index) => !isAddress(urls[index] as string));
  if (odd !== undefined) throw badSource(source, `'${odd}' is not an address`);
  const twice = urls.find((url, index) => urls.indexOf(url) !== index);
  if (twice !== undefined) throw badSource(source, `'${twice}' is given twice`);
  const receiver = named.find((url) => url.startsWith(PAIRS));
  if (receiver !== undefined && urls.length > 1) {
    throw badSource(
      source,
      `'${receiver}' is a receiver that sends all ports, but there are other addresses`,
    );
  }
  const isPairing = receiver !== undefined || (urls.length === 1 && layout.modules > 1);
  if (!isPairing && !layout.portCounts.includes(urls.length)) {
    throw badSource(source, `it names ${urls.length} streams`);
  }
  return { kind: isPairing ? "receiver" : "ports", urls };
}

/** Whether a source string, or a part of one, names recordings rather than addresses. */
export function recordsOnly(source: string): boolean {
  return !source.split(",").some((one) => LIKE_ADDRESS.test(one.trim()));
}

function isAddress(url: string): boolean {
  const match = ADDRESS.exec(url);
  const port = Number(match?.groups?.port ?? 1);
  return match !== null && port >= 1 && port <= 65535;
}

function badSource(source: string, what: string): StreamError {
  return new StreamError(
    "STREAM_BAD_SOURCE",
    `Source '${source}': ${what}. Write tcp://HOST:PORT for each receiver stream, separated by commas: one per module, or ` +
      "two per module with two interfaces. Or write pairs+tcp://HOST:PORT for a receiver that pairs them, or name recorded " +
      "files.",
  );
}
