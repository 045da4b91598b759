import type { Event, Observer } from "zeromq";
import type { Endpoints } from "./endpoints.js";
import type { Peer } from "./peer-probe.js";
import { absenceBy, type Client, HOST_SILENT, refusalBy, refusalOf } from "./refusal.js";
import { CONNECT_TIMEOUT_MS } from "./socket-options.js";

/** How long after a refusal to ask again: whoever refused may have been given the key meanwhile. */
const RETRY_AFTER_REFUSAL_MS = 2000;
/** ZeroMQ announces its next attempt at once after a disconnection, unless it has given the peer up. */
const SILENCE_MS = 250;
/** Between rounds through all addresses of a host; within a round they are tried one after the other. */
const NEXT_ROUND_MS = 500;
/** How often to look whether messages that have arrived were read meanwhile. */
const POLL_MS = 50;

export interface ConnectionOptions extends Client {
  readonly events: Observer;
  readonly endpoints: Endpoints;
  readonly connect: (endpoint: string) => void;
  /** Messages that have arrived and were not read are lost with it. */
  readonly disconnect: (endpoint: string) => void;
  /** Whether messages that have arrived may wait to be read. */
  readonly isBehind: () => boolean;
  readonly probe: (endpoint: string) => Promise<Peer>;
  /** Called for each refusal, and each peer that broke the protocol, with a sentence without its end. */
  readonly onFault: (reason: string) => void;
}

/**
 * Keeps a socket connected to one peer: is it there, and does it accept us?
 *
 * ZeroMQ connects again by itself, but not after a refusal that says why, nor after a peer that broke the protocol; and it
 * knows one address. In these cases this connects again, always after disconnecting: with two connections to one peer,
 * each frame would come twice.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #endpoints: Endpoints;
  #endpoint: string;
  #state: "connecting" | "shaking hands" | "connected" = "connecting";
  #previousType: Event["type"] | undefined;
  #attemptedMs = 0;
  #mayHoldMessages = false;
  #isClosed = false;
  /** Since the last good connection, why each address did not accept us, or was not reached. */
  readonly #refusals = new Map<string, string>();
  readonly #absences = new Map<string, string>();
  /** Addresses where a probe has looked who is there, or is looking. */
  readonly #probed = new Set<string>();
  /** Until ZeroMQ is taken to have given up. */
  #silence: NodeJS.Timeout | undefined;
  /** Until the next address is tried. */
  #next: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#endpoints = options.endpoints;
    this.#endpoint = options.endpoints.current;
    // Its failure is the end of the socket, which whoever reads from that is told.
    this.#watch().catch(() => undefined);
    options.connect(this.#endpoint);
  }

  /** Why nothing can come; undefined while connected. Begins with `refused` if a peer is there that does not accept us. */
  get problem(): string | undefined {
    if (this.#state === "connected") return undefined;
    const [refusal] = this.#refusals.values();
    if (refusal !== undefined) return refusal;
    const causes = new Set(this.#absences.values());
    if (!this.#endpoints.isResolved) causes.add("the host name cannot be resolved now");
    return causes.size === 0 ? "not connected" : `not connected: ${[...causes].join(", or ")}`;
  }

  /** To be called before the socket is closed: it is not connected again. */
  close(): void {
    this.#isClosed = true;
    this.#clearTimers();
  }

  async #watch(): Promise<void> {
    for await (const event of this.#options.events) this.#accept(event);
  }

  #accept(event: Event): void {
    if (this.#isClosed || this.#isOfOtherEndpoint(event)) return;
    const { type } = event;
    const previous = this.#previousType;
    this.#previousType = type;
    if (type.startsWith("connect")) clearTimeout(this.#silence);
    const refusal = refusalOf(event, this.#state === "shaking hands", this.#options);
    if (refusal !== undefined) this.#refused(refusal, type);
    else if (type === "connect:delay") this.#attemptedMs = performance.now();
    else if (type === "connect") this.#beginHandshake();
    else if (type === "handshake") this.#connected();
    else if (type === "disconnect") this.#disconnected();
    // An attempt that fails before it has a socket to close says no more than that there will be another.
    else if (
      type === "close" ||
      (type === "connect:retry" && previous !== "close" && previous !== "disconnect")
    )
      this.#failed();
  }

  /** What the end of an address that was left brings late. ZeroMQ writes IPv4 as IPv6 once it has connected. */
  #isOfOtherEndpoint(event: Event): boolean {
    if (!("address" in event)) return false;
    const endpoint = event.address.replace(/\[::ffff:([\d.]+)\]/, "$1");
    return endpoint !== this.#endpoint && this.#endpoints.all.includes(endpoint);
  }

  #beginHandshake(): void {
    this.#state = "shaking hands";
    this.#probed.delete(this.#endpoint);
    this.#absences.delete(this.#endpoint);
  }

  #connected(): void {
    this.#state = "connected";
    this.#mayHoldMessages = true;
    this.#refusals.clear();
    this.#absences.clear();
    this.#probed.clear();
    this.#clearTimers();
  }

  #disconnected(): void {
    const wasConnected = this.#state === "connected";
    this.#state = "connecting";
    if (!wasConnected) return;
    this.#whenSilent(SILENCE_MS, () => {
      const cause = "the peer violated ZeroMQ's protocol, or sent too large a message";
      this.#absences.set(this.#endpoint, cause);
      this.#options.onFault(`was disconnected: ${cause}`);
      this.#reconnect();
    });
  }

  #failed(): void {
    this.#state = "connecting";
    const endpoint = this.#endpoint;
    this.#refusals.delete(endpoint);
    if (performance.now() - this.#attemptedMs > 0.9 * CONNECT_TIMEOUT_MS) {
      this.#absences.set(endpoint, HOST_SILENT);
      this.#probed.delete(endpoint);
    } else if (!this.#probed.has(endpoint)) {
      this.#absences.delete(endpoint);
      void this.#explainAbsence(endpoint);
    }
    this.#tryNext();
  }

  async #explainAbsence(endpoint: string): Promise<void> {
    this.#probed.add(endpoint);
    const cause = absenceBy(await this.#options.probe(endpoint));
    if (cause !== undefined && this.#probed.has(endpoint)) this.#absences.set(endpoint, cause);
  }

  #refused(refusal: string, type: Event["type"]): void {
    this.#state = "connecting";
    const endpoint = this.#endpoint;
    this.#whenSilent(RETRY_AFTER_REFUSAL_MS, () => this.#reconnect());
    this.#tryNext();
    // With keys, the other side would log a client that leaves without a word, beside the one that has the wrong key.
    if (type === "handshake:error:other" && !this.#options.hasKeys)
      void this.#explainRefusal(endpoint, refusal);
    else this.#tell(endpoint, refusal);
  }

  async #explainRefusal(endpoint: string, refusal: string): Promise<void> {
    this.#refusals.set(endpoint, this.#refusals.get(endpoint) ?? refusal);
    if (this.#probed.has(endpoint)) return;
    this.#probed.add(endpoint);
    const explained = refusalBy(await this.#options.probe(endpoint), refusal, this.#options);
    if (!this.#isClosed && this.#refusals.has(endpoint)) this.#tell(endpoint, explained);
  }

  #tell(endpoint: string, refusal: string): void {
    this.#refusals.set(endpoint, refusal);
    this.#options.onFault(refusal);
  }

  /** ZeroMQ tries the same address again; where there are others, they have their turn. */
  #tryNext(): void {
    if (this.#next !== undefined) return;
    const isNewRound = this.#endpoints.advance();
    if (this.#endpoints.current === this.#endpoint) return;
    this.#next = setTimeout(() => this.#reconnect(), isNewRound ? NEXT_ROUND_MS : 0).unref();
  }

  #whenSilent(ms: number, act: () => void): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(act, ms).unref();
  }

  #reconnect(): void {
    this.#clearTimers();
    if (this.#mayHoldMessages && this.#options.isBehind()) {
      this.#next = setTimeout(() => this.#reconnect(), POLL_MS).unref();
      return;
    }
    this.#mayHoldMessages = false;
    this.#options.disconnect(this.#endpoint);
    this.#endpoint = this.#endpoints.current;
    this.#previousType = undefined;
    this.#options.connect(this.#endpoint);
  }

  #clearTimers(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#next);
    this.#next = undefined;
  }
}
