import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4"); // also in IPv6: ::ffff:127.0.0.1
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Whether a host is reachable only from this machine.
 *
 * @param host  an address, IPv6 without brackets or zone; the only loopback name is `localhost`
 */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (host.includes("%")) return false;
  if (family === 0) return host.toLowerCase() === "localhost";
  return LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
