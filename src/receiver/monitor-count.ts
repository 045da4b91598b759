import type { Event } from "zeromq";

/** What an event means for the number of monitors; `lost` is a client that went before it was known to be one. */
export type MonitorChange = "connected" | "left" | "lost" | undefined;

/**
 * Counts the monitors of a socket by its events, which do not say whose they are.
 *
 * Each connection that was accepted is of a monitor, of somebody who was refused, or of somebody who has not said yet who
 * it is; some go without ever saying so. Where an event shows that an earlier one was taken for another's, it is put right.
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

  /** One who had not said who it is has done so or gone; if there is none, a monitor went when it seemed to have gone. */
  #isKnown(): void {
    if (this.#unknown > 0) this.#unknown -= 1;
    else this.#monitors -= 1;
  }
}
