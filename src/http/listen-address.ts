import { isIPv6 } from "node:net";
import { hostname } from "node:os";
import { HostError } from "../errors.js";

/** Where a server listens. */
export interface ListenAddress {
  /** A host name or an address; IPv6 without brackets. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

const DEFAULT_HOST = "127.0.0.1";

/**
 * Read `HOST:PORT`, `[IPV6]:PORT`, or `PORT` alone, which means loopback.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN for any other text
 */
export function parseAddress(text: string): ListenAddress {
  const { ipv6, name, port } =
    /^(?:(?:\[(?<ipv6>[^\]]+)\]|(?<name>[\w.-]+)):)?(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65535 || (ipv6 !== undefined && !isIPv6(ipv6))) {
    throw new HostError(
      "HOST_CANNOT_LISTEN",
      `'${text}' is not an address to listen on. Write HOST:PORT, [IPV6]:PORT, or PORT alone for ${DEFAULT_HOST}; ports are 0 (any free port) to 65535.`,
    );
  }
  return { host: ipv6 ?? name ?? DEFAULT_HOST, port: Number(port) };
}

/** Addresses at which other machines reach a server that listens on all addresses of this machine. */
export function withHostName(addresses: string): string {
  return addresses.replaceAll(/\/\/(?:0\.0\.0\.0|\[::\]):/g, `//${hostname()}:`);
}
