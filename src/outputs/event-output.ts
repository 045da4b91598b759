import type { MonitoredEvent } from "../host/index.js";

/** Where events go. */
export interface EventOutput {
  /** For messages, where it can be slow: `standard output`. */
  readonly name?: string;
  /** What it counts, for the monitor's status, by snake_case name. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Take an event. Its data are lent, and valid until this has returned, or what it returned has resolved. */
  write(event: MonitoredEvent): void | Promise<void>;
  /** After the last event. */
  close(): void | Promise<void>;
}
