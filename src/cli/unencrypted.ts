import type { Logger } from "../api/index.js";
import { isLoopback } from "../http/index.js";
import type { CurveServerKeys } from "../security/index.js";

/**
 * Warn once of addresses that other machines can reach, if every client gets the data.
 *
 * @param advice  what the user can do
 */
export function warnIfUnencrypted(
  urls: readonly string[],
  keys: CurveServerKeys | undefined,
  logger: Logger,
  advice = "Use --curve-key, or listen on 127.0.0.1.",
): void {
  if (keys !== undefined) return;
  const open = urls.filter((url) => {
    const { ipv6, name } = /^tcp:\/\/(?:\[(?<ipv6>.*)\]|(?<name>.*)):\d+$/.exec(url)?.groups ?? {};
    const host = ipv6 ?? name;
    return host !== undefined && !isLoopback(host);
  });
  if (open.length === 0) return;
  logger.warn(`Everyone who can reach ${open.join(", ")} gets the data, unencrypted. ${advice}`);
}
