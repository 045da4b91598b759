import { isLoopback } from "./loopback.js";

/** What a Host header holds. */
const HOST = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::\d{1,5})?$/;

/**
 * Whether a Host header names this machine by a loopback address, or one of the given hosts; at any port, because a tunnel
 * may end at another, and a proxy may leave its own out.
 *
 * A web page elsewhere can lead its own name to 127.0.0.1 and have a browser on this machine ask for it; the browser
 * then sends that name.
 *
 * @param hosts  as in a URL, with or without a port
 */
export function namesLoopbackOr(hosts: readonly string[], header = ""): boolean {
  const name = hostName(header);
  return isLoopback(name) || hosts.some((host) => hostName(host) === name);
}

/** In lower case, IPv6 without brackets; empty if the header makes no sense. */
function hostName(header: string): string {
  const { ipv6, name = "" } = HOST.exec(header)?.groups ?? {};
  return (ipv6 ?? name).toLowerCase();
}
