import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { FaultCollector, messageOf, StreamError } from "../errors.js";
import { parseTcpAddress, type TcpAddress, tcpUrl } from "./tcp-address.js";

/** Resolves a host name to all its IP addresses, in the system's order of preference. */
export type ResolveName = (host: string) => Promise<readonly string[]>;

const systemNames: ResolveName = async (host) =>
  (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);

/**
 * The addresses of a stream's URL, one at a time. A host name may have several IPv6 and IPv4 addresses, and the peer
 * may listen on only one of them; ZeroMQ by itself would use the first. Every other address stands for itself.
 */
export class Endpoints {
  readonly #name: TcpAddress | undefined;
  readonly #resolveName: ResolveName;
  #urls: readonly string[];
  #index = 0;
  #isResolving = false;
  #isResolved = true;

  private constructor(url: string, urls: readonly string[], resolveName: ResolveName) {
    this.#name = nameIn(url);
    this.#urls = urls;
    this.#resolveName = resolveName;
  }

  /** @throws {StreamError} STREAM_UNKNOWN_HOST */
  static async of(url: string, resolveName = systemNames): Promise<Endpoints> {
    return new Endpoints(url, await resolve(url, resolveName), resolveName);
  }

  /** The current address, as ZeroMQ takes it. */
  get current(): string {
    return this.#urls[this.#index] as string;
  }

  get all(): readonly string[] {
    return this.#urls;
  }

  /** Whether the name could be resolved the last time; if not, the previous addresses are kept. */
  get isResolved(): boolean {
    return this.#isResolved;
  }

  /**
   * Continue with the next address. After the last, the name is resolved again in the background, because its
   * addresses may have changed.
   *
   * @returns whether a new round through all addresses begins
   */
  advance(): boolean {
    this.#index = (this.#index + 1) % this.#urls.length;
    if (this.#index > 0) return false;
    void this.#resolveAgain();
    return true;
  }

  async #resolveAgain(): Promise<void> {
    if (this.#name === undefined || this.#isResolving) return;
    const { host, port } = this.#name;
    this.#isResolving = true;
    const { current } = this;
    try {
      this.#urls = (await this.#resolveName(host)).map((address) => tcpUrl({ host: address, port }));
      this.#index = Math.max(this.#urls.indexOf(current), 0);
      this.#isResolved = true;
    } catch {
      this.#isResolved = false;
    } finally {
      this.#isResolving = false;
    }
  }
}

/**
 * Resolve the host names of all addresses, each only once, even if several streams come from it.
 *
 * @throws {StreamError} STREAM_UNKNOWN_HOST, of every name
 */
export async function resolveNames(urls: readonly string[], resolveName = systemNames): Promise<void> {
  const faults = new FaultCollector();
  const hosts = urls.map((url) => nameIn(url)?.host);
  const firstUrls = urls.filter((_, index) => hosts.indexOf(hosts[index]) === index);
  for (const url of firstUrls) await faults.attemptAsync(() => resolve(url, resolveName));
  faults.throwIfAny();
}

async function resolve(url: string, resolveName: ResolveName): Promise<string[]> {
  const name = nameIn(url);
  if (name === undefined) return [url];
  try {
    return (await resolveName(name.host)).map((host) => tcpUrl({ host, port: name.port }));
  } catch (error) {
    throw new StreamError(
      "STREAM_UNKNOWN_HOST",
      `Cannot resolve the host name in '${url}' (${messageOf(error)}). Correct the name, or write its IP address.`,
      { cause: error },
    );
  }
}

/** Undefined for an IP address, or if the URL is not TCP. */
function nameIn(url: string): TcpAddress | undefined {
  const address = parseTcpAddress(url);
  return address === undefined || isIP(address.host) !== 0 ? undefined : address;
}
