import type { Clock, Logger } from "../api/index.js";

/** How long a kind of fault is only counted after it was logged. */
const QUIET_SECONDS = 10;

interface Entry {
  readonly loggedSeconds: number;
  /** Faults of the kind since then. */
  more: number;
}

/** Logs faults of one kind once, then at most every ten seconds with their number: a stream may bring 1000 a second. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** @param kind  what makes two faults alike, such as the stream's URL and the error's code */
  warn(kind: string, message: string): void {
    this.#log("warn", kind, message);
  }

  /** The same for what is no fault, but may come as often. */
  info(kind: string, message: string): void {
    this.#log("info", kind, message);
  }

  #log(level: "warn" | "info", kind: string, message: string): void {
    const entry = this.#entries.get(kind);
    const now = this.#clock.nowSeconds();
    if (entry !== undefined && now - entry.loggedSeconds < QUIET_SECONDS) {
      entry.more += 1;
      return;
    }
    this.#entries.set(kind, { loggedSeconds: now, more: 0 });
    this.#logger[level](
      entry === undefined || entry.more === 0 ? message : `${message} (and ${entry.more} more)`,
    );
  }
}
