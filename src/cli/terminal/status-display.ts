import type { StreamStatus } from "../../api/index.js";
import { type MonitoredEvent, SYSTEM_CLOCK } from "../../host/index.js";
import type { EventOutput, Output } from "../../outputs/index.js";
import { frameColumns, type StatusLineInput, statusLine } from "./status-line.js";
import { closedLine, closeLine, openLine } from "./terminal-line.js";

const STATUS_INTERVAL_MS = 1000;
/** After the newest event; longer, so that the next one of a stream of one event per second comes first. */
const LINE_WITHOUT_EVENT_MS = 1500;
const TICK_MS = 500;
/** Events of less than this do not tell their rate. */
const SHORTEST_COUNT_MS = 500;
/** A monitor that waits says so after the first, and then every so often. */
const FIRST_WAIT_MS = 2000;
const WAITING_INTERVAL_MS = 10_000;

/**
 * Shows a line per second: one that is overwritten on a terminal, line after line elsewhere.
 *
 * A line is printed with an event, as long as events come: its frames are measured before it is closed, once per second at
 * most, and a line never says of one event what was measured of another.
 */
export class StatusDisplay implements EventOutput {
  readonly #status: () => StreamStatus;
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout;
  #newest: StatusLineInput["newest"];
  /** The newest that was measured. */
  #measured: StatusLineInput["newest"];
  #newestMs = 0;
  #measuredMs = Number.NEGATIVE_INFINITY;
  #events = 0;
  #hasShownEvent = false;
  #lastPrintedMs = performance.now();
  #nextWaitMs = FIRST_WAIT_MS;
  /** Since when events are counted, and what the counters were then. */
  #countedSinceMs = performance.now();
  #countersThen: StreamStatus["counters"] = {};

  constructor(status: () => StreamStatus, output: Output) {
    this.#status = status;
    this.#output = output;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** To be called before the event is closed. */
  write(event: MonitoredEvent): void {
    const { frameNumber, timestampSeconds } = event.event;
    const lagSeconds = SYSTEM_CLOCK.nowSeconds() - timestampSeconds;
    const nowMs = performance.now();
    const isMeasured = nowMs - this.#measuredMs >= STATUS_INTERVAL_MS;
    this.#newest = { frameNumber, lagSeconds, frames: isMeasured ? frameColumns(event) : [] };
    this.#newestMs = nowMs;
    this.#events += 1;
    if (!isMeasured) return;
    this.#measured = this.#newest;
    this.#measuredMs = nowMs;
    if (nowMs - this.#countedSinceMs < SHORTEST_COUNT_MS) return;
    const status = this.#status();
    if (status.state === "streaming") this.#print(status);
  }

  close(): void {
    clearInterval(this.#timer);
    const status = this.#status();
    // A short run has its only line here, of the event whose numbers are known.
    if (!this.#hasShownEvent) this.#newest = this.#measured;
    if (!this.#hasShownEvent || status.state !== "streaming") this.#print(status);
    if (process.stdout.isTTY) void this.#output.write(closeLine());
  }

  #tick(): void {
    const status = this.#status();
    if (status.state === "streaming") {
      this.#nextWaitMs = 0;
      const lastSignMs = Math.max(this.#lastPrintedMs, this.#newestMs);
      if (performance.now() - lastSignMs >= LINE_WITHOUT_EVENT_MS) this.#print(status);
    } else if (performance.now() - this.#lastPrintedMs >= this.#nextWaitMs) {
      this.#nextWaitMs = WAITING_INTERVAL_MS;
      this.#print(status);
    } else {
      this.#countAnew(status);
    }
  }

  #countAnew({ counters }: StreamStatus): void {
    this.#events = 0;
    this.#countersThen = counters;
    this.#countedSinceMs = performance.now();
  }

  /** Width of the terminal now; it may change at any time. */
  get #columns(): number {
    const { isTTY, columns } = process.stdout;
    return isTTY && columns > 0 ? columns - 1 : Number.POSITIVE_INFINITY; // a terminal may not know its width: 0
  }

  #print(status: StreamStatus): void {
    const line = statusLine({
      status,
      since: {
        seconds: (performance.now() - this.#countedSinceMs) / 1000,
        events: this.#events,
        counters: this.#countersThen,
      },
      newest: this.#newest,
      sinceNewestSeconds: (performance.now() - this.#newestMs) / 1000,
      columns: this.#columns,
    });
    // The rate of a slow stream is that from event to event.
    if (this.#events > 0 || status.state !== "streaming") this.#countAnew(status);
    this.#hasShownEvent = this.#newest !== undefined;
    this.#lastPrintedMs = performance.now();
    // What a monitor waits for stays on the screen, and is shown whole.
    if (!process.stdout.isTTY) void this.#output.write(`${line}\n`);
    else if (status.state !== "streaming") void this.#output.write(closedLine(line));
    else void this.#output.write(openLine(fitted(line, this.#columns)));
  }
}

/** A line that is too long ends at a blank: half a number would be another number. */
function fitted(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const end = line.lastIndexOf(" ", columns - 2);
  return `${line.slice(0, Math.max(end, 0))} …`;
}
