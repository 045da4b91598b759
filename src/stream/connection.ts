import type { Event, Observer } from "zeromq";

/** How long after a refusal to ask again: whoever refused may have been given the key meanwhile. */
const RETRY_AFTER_REFUSAL_MS = 2000;

export interface ConnectionOptions {
  readonly events: Observer;
  readonly hasKeys: boolean;
  /** Connects again. ZeroMQ does so by itself after all but a refusal that says why. */
  readonly reconnect: () => void;
  /** Told each refusal, as a sentence without its end. */
  readonly onRefused: (reason: string) => void;
}

/** Watches a socket that connects to one address: is there anybody, and does he let us in? */
export class Connection {
  readonly #options: ConnectionOptions;
  #problem: string | undefined = "not connected";
  #retry: NodeJS.Timeout | undefined;
  /** Whether there is somebody who has neither let us in nor refused. */
  #isShakingHands = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    // Its failure is the end of the socket, which whoever reads from that is told.
    this.#watch().catch(() => undefined);
  }

  /** Why nothing can come; undefined while connected. */
  get problem(): string | undefined {
    return this.#problem;
  }

  async #watch(): Promise<void> {
    for await (const event of this.#options.events) this.#accept(event);
    clearTimeout(this.#retry);
  }

  #accept(event: Event): void {
    const refusal = this.#refusal(event);
    if (event.type === "connect") this.#isShakingHands = true;
    else if (event.type === "disconnect" || event.type.startsWith("handshake")) this.#isShakingHands = false;
    if (refusal !== undefined) this.#refused(refusal, event.type);
    else if (event.type === "handshake") this.#problem = undefined;
    // The reason of a refusal says more than the disconnection that follows it.
    else if (event.type === "disconnect") this.#problem ??= "not connected";
    // An attempt to connect has failed: whoever refused before is gone.
    else if (event.type === "close") this.#problem = "not connected";
  }

  #refusal(event: Event): string | undefined {
    switch (event.type) {
      case "handshake:error:protocol":
        return event.error.code === "ERR_ZMTP_MECHANISM_MISMATCH"
          ? "refused: one side has CURVE keys and the other has not"
          : "refused: it does not speak ZeroMQ's protocol";
      case "handshake:error:auth":
        return "refused: this key is not among those that it lets in";
      case "handshake:error:other":
        return this.#options.hasKeys
          ? "refused: the server's key may be another"
          : "refused: it closed the connection at once";
      // ZeroMQ says no more when the two sockets do not fit each other, and gives the connection up.
      case "disconnect":
        return this.#isShakingHands
          ? "refused: it is a ZeroMQ socket of another kind, one address is a receiver's and two or four are a detector's"
          : undefined;
      default:
        return undefined;
    }
  }

  #refused(reason: string, type: Event["type"]): void {
    this.#problem = reason;
    this.#options.onRefused(reason);
    clearTimeout(this.#retry);
    // Here ZeroMQ tries again by itself, and to do so as well would connect twice: each frame would come twice.
    if (type === "handshake:error:other") return;
    this.#retry = setTimeout(this.#options.reconnect, RETRY_AFTER_REFUSAL_MS).unref();
  }
}
