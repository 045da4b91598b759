import type { StreamStatus } from "../../api/index.js";
import { type MonitoredEvent, SYSTEM_CLOCK } from "../../host/index.js";
import type { EventOutput, Output } from "../../outputs/index.js";
import { frameColumns, type StatusLineInput, statusLine } from "./status-line.js";
import { closedLine, closeLine, openLine } from "./terminal-line.js";

const STATUS_INTERVAL_MS = 1000;
/** Time after the newest event; more than a second, so that at one event per second the next event comes first. */
const LINE_WITHOUT_EVENT_MS = 1500;
const TICK_MS = 500;
/** A shorter time does not give a rate. */
const SHORTEST_COUNT_MS = 500;
/** A waiting monitor says so after the first interval, and then regularly. */
const FIRST_WAIT_MS = 2000;
const WAITING_INTERVAL_MS = 10_000;

/**
 * Shows one line per second: a terminal overwrites it, other outputs get line after line.
 *
 * As long as events arrive, a line is printed with an event: its frames are measured before it is closed, at most
 * once per second, and a line never combines one event with measurements of another.
 */
export class StatusDisplay implements EventOutput {
  readonly #status: () => StreamStatus;
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout;
  #newest: StatusLineInput["newest"];
  /** The newest event that was measured. */
  #measured: StatusLineInput["newest"];
  #newestMs = 0;
  #measuredMs = Number.NEGATIVE_INFINITY;
  #events = 0;
  #hasShownEvent = false;
  #lastPrintedMs = performance.now();
  #nextWaitMs = FIRST_WAIT_MS;
  /** Since when events are counted, and the counters at that time. */
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
    // A short run has its only line here, for the event that was measured.
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

  /** Current width of the terminal; it may change at any time. */
  get #columns(): number {
    const { isTTY, columns } = process.stdout;
    return isTTY && columns > 0 ? columns - 1 : Number.POSITIVE_INFINITY; // 0 if the terminal does not know its width
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
    // The rate of a slow stream comes from the time between events.
    if (this.#events > 0 || status.state !== "streaming") this.#countAnew(status);
    this.#hasShownEvent = this.#newest !== undefined;
    this.#lastPrintedMs = performance.now();
    // What a monitor waits for remains on the screen, and is shown in full.
    if (!process.stdout.isTTY) void this.#output.write(`${line}\n`);
    else if (status.state !== "streaming") void this.#output.write(closedLine(line));
    else void this.#output.write(openLine(fitted(line, this.#columns)));
  }
}

/** A line that is too long ends at a space, because half a number would be another number. */
function fitted(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const end = line.lastIndexOf(" ", columns - 2);
  return `${line.slice(0, Math.max(end, 0))} …`;
}
