import { PORT_COUNTS } from "../detector.js";
import { StreamError } from "../errors.js";

/** `tcp://HOST:PORT`, with an IPv6 host in brackets, or `ipc://PATH`. */
const ADDRESS = /^(?:tcp:\/\/(?:[^\s:/*[\]]+|\[[0-9a-fA-F:.]+\]):(?<port>\d{1,5})|ipc:\/\/\S+)$/;

/**
 * The streams that a source string names: `tcp://HOST:30001,tcp://HOST:30002`.
 *
 * @returns two URLs, or four when each module has two UDP interfaces; one of a receiver that pairs
 * @throws {StreamError} STREAM_BAD_SOURCE
 */
export function parseSource(source: string): string[] {
  const urls = source.split(",").map((url) => url.trim());
  const odd = urls.find((url) => !isAddress(url));
  if (odd !== undefined) throw badSource(source, `'${odd}' is not an address`);
  const twice = urls.find((url, index) => urls.indexOf(url) !== index);
  if (twice !== undefined) throw badSource(source, `'${twice}' stands in it twice`);
  if (!isPairing(urls.length) && !PORT_COUNTS.includes(urls.length)) {
    throw badSource(source, `it names ${urls.length} streams`);
  }
  return urls;
}

/** Whether this many streams are a receiver that pairs the ports, instead of the ports themselves. */
export function isPairing(streamCount: number): boolean {
  return streamCount === 1;
}

function isAddress(url: string): boolean {
  const match = ADDRESS.exec(url);
  const port = Number(match?.groups?.port ?? 1);
  return match !== null && port >= 1 && port <= 65535;
}

function badSource(source: string, what: string): StreamError {
  return new StreamError(
    "STREAM_BAD_SOURCE",
    `Source '${source}': ${what}. Write tcp://HOST:PORT for each receiver stream, separated by commas: two, or four ` +
      "when the modules have two interfaces; or one, of a receiver that pairs them.",
  );
}
