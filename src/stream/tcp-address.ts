import { isIP } from "node:net";

/** Host and port of `tcp://HOST:PORT`; an IPv6 host without brackets. */
export interface TcpAddress {
  readonly host: string;
  /** 0 to 65535; for a listener, 0 means any free port. */
  readonly port: number;
}

const MAX_PORT = 65535;

/** Undefined if the text does not have this form, or the port is invalid. */
export function parseTcpAddress(url: string): TcpAddress | undefined {
  const { host, ipv6, port } =
    /^tcp:\/\/(?:\[(?<ipv6>[^[\]]+)\]|(?<host>[^[\]:/]+)):(?<port>\d+)$/.exec(url)?.groups ?? {};
  const name = ipv6 ?? host;
  return name === undefined || Number(port) > MAX_PORT ? undefined : { host: name, port: Number(port) };
}

/** The URL of an address, with brackets if necessary. */
export function tcpUrl({ host, port }: TcpAddress): string {
  return `tcp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
