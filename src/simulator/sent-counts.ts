import type { Sent } from "./acquisition.js";
import type { Exposure } from "./plan.js";
import type { ScheduleEntry } from "./schedule.js";

/** Counts a detector's messages. */
export class SentCounts {
  readonly #portCount: number;
  readonly #sentBy = new WeakMap<Exposure, Set<number>>();
  #exposures = 0;
  #whole = 0;
  #moduleFrames = 0;
  #endMessages = 0;

  constructor(portCount: number) {
    this.#portCount = portCount;
  }

  note(entry: ScheduleEntry): void {
    if (entry.kind === "exposure") {
      this.#exposures += 1;
      this.#sentBy.set(entry.exposure, new Set());
    }
    if (entry.kind === "end") this.#endMessages += 1;
    if (entry.kind === "frame" || entry.kind === "malformed") this.#moduleFrames += 1;
    if (entry.kind !== "frame") return;
    const ports = this.#sentBy.get(entry.exposure);
    if (ports === undefined || ports.has(entry.portIndex)) return;
    if (ports.add(entry.portIndex).size === this.#portCount) this.#whole += 1;
  }

  /** To be called when an end message was sent on each port. */
  noteEnd(): void {
    this.#endMessages += this.#portCount;
  }

  get all(): Omit<Sent, "faults"> {
    return {
      exposures: this.#exposures,
      whole: this.#whole,
      moduleFrames: this.#moduleFrames,
      endMessages: this.#endMessages,
    };
  }
}
