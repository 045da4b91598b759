import type { StreamStatus } from "../api/index.js";
import type { MonitoredEvent } from "../host/index.js";
import type { EventOutput } from "./event-output.js";

/** A disk or reader that takes no event for this long blocks the monitor. */
const STUCK_MS = 5000;

/** The outputs of a monitor. It waits for all of them at each event, so the slowest sets its rate. */
export class Outputs {
  readonly #status: () => StreamStatus;
  readonly #nowMs: () => number;
  readonly #outputs: EventOutput[] = [];
  /** The output that is writing, and since when. */
  #writing: { readonly output: EventOutput; readonly sinceMs: number } | undefined;

  /** @param status  of the stream */
  constructor(status: () => StreamStatus, nowMs: () => number) {
    this.#status = status;
    this.#nowMs = nowMs;
  }

  add(...outputs: readonly EventOutput[]): void {
    this.#outputs.push(...outputs);
  }

  /** Pass an event to every output, in the order in which they were added. */
  async write(event: MonitoredEvent): Promise<void> {
    for (const output of this.#outputs) {
      this.#writing = { output, sinceMs: this.#nowMs() };
      await output.write(event);
    }
    this.#writing = undefined;
  }

  async close(): Promise<void> {
    for (const output of this.#outputs) await output.close();
  }

  /** Adds the outputs' counters. */
  #counted(status: StreamStatus): StreamStatus {
    const counts = this.#outputs.map(({ counters }) => counters).filter((counters) => counters !== undefined);
    if (counts.length === 0) return status;
    return { ...status, counters: Object.assign({}, status.counters, ...counts) };
  }

  /** The stream's status; or that the monitor has stalled, because an output blocks it. */
  status(): StreamStatus {
    const status = this.#counted(this.#status());
    const stuckMs = this.#writing === undefined ? 0 : this.#nowMs() - this.#writing.sinceMs;
    if (stuckMs < STUCK_MS) return status;
    const what = this.#writing?.output.name ?? "an output";
    return {
      ...status,
      state: "stalled",
      message: `stalled: ${what} has taken nothing for ${Math.floor(stuckMs / 1000)} s, and the monitor waits for it`,
    };
  }
}
