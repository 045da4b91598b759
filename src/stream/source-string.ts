import { StreamError } from "../errors.js";

const ADDRESS = /^(?:tcp:\/\/[^\s:/]+:\d{1,5}|tcp:\/\/\[[0-9a-fA-F:.]+\]:\d{1,5}|ipc:\/\/\S+)$/;

/**
 * The streams that a source string names: `tcp://HOST:30001,tcp://HOST:30002`.
 *
 * @returns two URLs, or four when each module has two UDP interfaces
 * @throws {StreamError} STREAM_BAD_SOURCE
 */
export function parseSource(source: string): string[] {
  const urls = source.split(",").map((url) => url.trim());
  const odd = urls.find((url) => !ADDRESS.test(url) || Number(url.split(":").at(-1)) > 65535);
  if (odd !== undefined) throw badSource(source, `'${odd}' is not an address`);
  const twice = urls.find((url, index) => urls.indexOf(url) !== index);
  if (twice !== undefined) throw badSource(source, `'${twice}' stands in it twice`);
  if (urls.length !== 2 && urls.length !== 4) {
    throw badSource(source, `it names ${urls.length} stream${urls.length === 1 ? "" : "s"}`);
  }
  return urls;
}

function badSource(source: string, what: string): StreamError {
  return new StreamError(
    "STREAM_BAD_SOURCE",
    `Source '${source}': ${what}. Write tcp://HOST:PORT for each receiver stream, separated by commas: two, or four ` +
      "when the modules have two interfaces.",
  );
}
