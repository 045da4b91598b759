import { isLoopback } from "./loopback.js";

/** The host in a Host header. */
const HOST = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::\d{1,5})?$/;

/**
 * Whether a Host header names this machine by a loopback address, or one of the given hosts; with any port, because a
 * tunnel may use another one, and a proxy may omit its own.
 *
 * A foreign web page can resolve its own name to 127.0.0.1 and make a browser on this machine send requests here; the
 * browser then sends that name.
 *
 * @param hosts  as in a URL, with or without a port
 */
export function namesLoopbackOr(hosts: readonly string[], header = ""): boolean {
  const name = hostName(header);
  return isLoopback(name) || hosts.some((host) => hostName(host) === name);
}

/** In lower case, IPv6 without brackets; empty if the header is invalid. */
function hostName(header: string): string {
  const { ipv6, name = "" } = HOST.exec(header)?.groups ?? {};
  return (ipv6 ?? name).toLowerCase();
}
