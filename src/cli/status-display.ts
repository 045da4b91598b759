import type { StreamStatus } from "../api/index.js";
import type { MonitoredEvent } from "../host/index.js";
import type { Output } from "./output.js";
import { statusLine } from "./status-line.js";
import { SYSTEM_CLOCK } from "./system-clock.js";
import { closedLine, closeLine, openLine } from "./terminal-line.js";

const STATUS_INTERVAL_MS = 1000;
/** A monitor that waits says so after the first, and then every so often. */
const FIRST_WAIT_MS = 2000;
const WAITING_INTERVAL_MS = 10_000;

/** Shows a line a second: one that is overwritten on a terminal, line after line elsewhere. */
export class StatusDisplay {
  readonly #status: () => StreamStatus;
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout;
  #newest: MonitoredEvent | undefined;
  #lagSeconds = 0;
  #newestMs = 0;
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
    this.#timer = setInterval(() => this.#tick(), STATUS_INTERVAL_MS);
  }

  show(event: MonitoredEvent): void {
    this.#newest = event;
    this.#lagSeconds = SYSTEM_CLOCK.nowSeconds() - event.event.timestampSeconds;
    this.#newestMs = performance.now();
    this.#events += 1;
  }

  end(): void {
    clearInterval(this.#timer);
    const status = this.#status();
    if (!this.#hasShownEvent || status.state !== "streaming") this.#print(status);
    if (process.stdout.isTTY) void this.#output.write(closeLine());
  }

  #tick(): void {
    const status = this.#status();
    if (status.state === "streaming") {
      this.#nextWaitMs = 0;
      this.#print(status);
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
      lagSeconds: this.#lagSeconds,
      sinceNewestSeconds: (performance.now() - this.#newestMs) / 1000,
      columns: this.#columns,
    });
    this.#countAnew(status);
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
