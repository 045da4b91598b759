import { isIP } from "node:net";

/** What `tcp://HOST:PORT` names; an IPv6 host is without its brackets. */
export interface TcpAddress {
  readonly host: string;
  /** 0 to 65535; 0 is any that is free, for who listens. */
  readonly port: number;
}

const MAX_PORT = 65535;

/** Undefined for what is not of this form, and for a port that there is not. */
export function parseTcpAddress(url: string): TcpAddress | undefined {
  const { host, ipv6, port } =
    /^tcp:\/\/(?:\[(?<ipv6>[^[\]]+)\]|(?<host>[^[\]:/]+)):(?<port>\d+)$/.exec(url)?.groups ?? {};
  const name = ipv6 ?? host;
  return name === undefined || Number(port) > MAX_PORT ? undefined : { host: name, port: Number(port) };
}

/** The URL of an address, with brackets where they are needed. */
export function tcpUrl({ host, port }: TcpAddress): string {
  return `tcp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
