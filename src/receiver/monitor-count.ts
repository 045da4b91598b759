import type { Event } from "zeromq";

/**
 * What an event means for the number of monitors; `lost` is a client that left before it was known to be a monitor.
 */
export type MonitorChange = "connected" | "left" | "lost" | undefined;

/**
 * Counts the monitors of a socket from its events, which do not identify the connection.
 *
 * Each accepted connection belongs to a monitor, to a refused client, or to a client that has not identified itself
 * yet; some never do. An event can reveal that an earlier one was credited to the wrong connection; the counts are
 * then corrected.
 */
export class MonitorCount {
  #monitors = 0;
  #refused = 0;
  #unknown = 0;

  /** Monitors that are connected now. */
  get value(): number {
    return this.#monitors;
  }

  accept({ type }: Pick<Event, "type">): MonitorChange {
    const before = this.#monitors;
    const unknownBefore = this.#unknown;
    if (type === "accept") {
      this.#unknown += 1;
    } else if (type === "handshake") {
      this.#isKnown();
      this.#monitors += 1;
    } else if (type.startsWith("handshake:error")) {
      this.#isKnown();
      this.#refused += 1;
    } else if (type === "disconnect") {
      if (this.#refused > 0) this.#refused -= 1;
      else this.#isKnown();
    }
    if (type === "disconnect" && this.#unknown < unknownBefore) return "lost";
    if (this.#monitors === before) return undefined;
    return this.#monitors > before ? "connected" : "left";
  }

  /**
   * An unidentified client has identified itself or left. Without such a client, the one that seemed to have left was a
   * monitor.
   */
  #isKnown(): void {
    if (this.#unknown > 0) this.#unknown -= 1;
    else this.#monitors -= 1;
  }
}
