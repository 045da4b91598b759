import type { MonitoredEvent } from "../host/index.js";

/** A destination of events. */
export interface EventOutput {
  /** Name for messages, if it can be slow: `standard output`. */
  readonly name?: string;
  /** Its counters, for the monitor's status, by snake_case name. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Take an event. Its data are borrowed, and valid until this has returned, or its promise has resolved. */
  write(event: MonitoredEvent): void | Promise<void>;
  /** To be called after the last event. */
  close(): void | Promise<void>;
}
