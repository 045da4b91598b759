import { isLoopback } from "../loopback.js";

/** What a Host header holds. */
const HOST = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::\d{1,5})?$/;

/**
 * Whether a Host header means this machine by a loopback address; at any port, because a tunnel may end at another.
 *
 * A web page elsewhere can lead its own name to 127.0.0.1 and have a browser on this machine ask for it; the browser
 * then sends that name.
 */
export function namesLoopback(header = ""): boolean {
  const { ipv6, name = "" } = HOST.exec(header)?.groups ?? {};
  return isLoopback(ipv6 ?? name);
}
