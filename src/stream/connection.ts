import type { Event, Observer } from "zeromq";
import type { Endpoints } from "./endpoints.js";
import type { Peer } from "./peer-probe.js";
import { absenceBy, type Client, HOST_SILENT, refusalBy, refusalOf } from "./refusal.js";
import { CONNECT_TIMEOUT_MS } from "./socket-options.js";

/** How long to wait after a refusal: the peer may accept the key by then. */
const RETRY_AFTER_REFUSAL_MS = 2000;
/** ZeroMQ announces its next attempt immediately after a disconnection, unless it has given up. */
const SILENCE_MS = 250;
/** Time between rounds through all addresses of a host; within a round they are tried one after the other. */
const NEXT_ROUND_MS = 500;
/** How often to check whether messages that have arrived were read. */
const POLL_MS = 50;

export interface ConnectionOptions extends Client {
  readonly events: Observer;
  readonly endpoints: Endpoints;
  readonly connect: (endpoint: string) => void;
  /** Disconnecting loses messages that have arrived but were not read. */
  readonly disconnect: (endpoint: string) => void;
  /** Whether messages that have arrived may still be unread. */
  readonly isBehind: () => boolean;
  readonly probe: (endpoint: string) => Promise<Peer>;
  /** Called for each refusal and each protocol error, with the beginning of a sentence. */
  readonly onFault: (reason: string) => void;
}

/**
 * Keeps a socket connected to one peer: is it there, and does it accept us?
 *
 * ZeroMQ reconnects by itself, but not after a refusal with a reason or a protocol error, and it knows only one
 * address. In these cases this class reconnects, always after disconnecting: with two connections to one peer, each
 * frame would arrive twice.
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
  /** Since the last good connection: why each address refused the connection or was not reached. */
  readonly #refusals = new Map<string, string>();
  readonly #absences = new Map<string, string>();
  /** Addresses that a probe has examined, or is examining. */
  readonly #probed = new Set<string>();
  /** Runs until ZeroMQ is assumed to have given up. */
  #silence: NodeJS.Timeout | undefined;
  /** Runs until the next address is tried. */
  #next: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#endpoints = options.endpoints;
    this.#endpoint = options.endpoints.current;
    // It fails when the socket ends, which the reader of the socket notices, too.
    this.#watch().catch(() => undefined);
    options.connect(this.#endpoint);
  }

  /** Why nothing can arrive; undefined while connected. Begins with `refused` if a peer refuses the connection. */
  get problem(): string | undefined {
    if (this.#state === "connected") return undefined;
    const [refusal] = this.#refusals.values();
    if (refusal !== undefined) return refusal;
    const causes = new Set(this.#absences.values());
    if (!this.#endpoints.isResolved) causes.add("the host name cannot be resolved now");
    return causes.size === 0 ? "not connected" : `not connected: ${[...causes].join(", or ")}`;
  }

  /** To be called before the socket is closed, so that it does not reconnect. */
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
    // If an attempt fails before it has a socket, the only event is the announcement of the next attempt.
    else if (
      type === "close" ||
      (type === "connect:retry" && previous !== "close" && previous !== "disconnect")
    )
      this.#failed();
  }

  /**
   * Whether an event is a late one from an earlier address. After connecting, ZeroMQ writes IPv4 addresses as IPv6.
   */
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
    // With keys, the other side would log the probe as a client that left without identifying itself, in addition to
    // the one with the wrong key.
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

  /** ZeroMQ tries the same address again; if there are others, the next one is tried. */
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
