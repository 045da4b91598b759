import type { Clock, Logger } from "../api/index.js";

/** After a fault was logged, others of its kind are only counted for this long. */
const QUIET_SECONDS = 10;

interface Entry {
  readonly loggedSeconds: number;
  /** Faults of this kind since then. */
  more: number;
}

/** Logs faults of one kind once, then at most every ten seconds with their number: there may be 1000 per second. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** @param kind  identifies equal faults, such as the stream's URL and the error's code */
  warn(kind: string, message: string): void {
    this.#log("warn", kind, message);
  }

  /** The same for messages that are not faults, but may be as frequent. */
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
