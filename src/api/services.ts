/** Where people read what happens. One line a call; a message says what, where, and what to do. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The time of day. Injected, so that a test can stop it. */
export interface Clock {
  /** Seconds since 1970-01-01 UTC, with fractions. */
  nowSeconds(): number;
}

/**
 * What a stream is doing: `waiting` for its first frame or the next acquisition, `streaming`, `stalled` in the midst of
 * it, or streaming `one_module_only`.
 */
export type StreamState = "waiting" | "streaming" | "stalled" | "one_module_only";

/** How a stream is doing, for a status line or a metrics page. */
export interface StreamStatus {
  readonly state: StreamState;
  /** One sentence for people: what the stream waits for, and where. */
  readonly message: string;
  /** Counts since the start, by snake_case name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Collects the numbers people watch. Asks for them when they are wanted, so counting costs nothing. */
export interface Metrics {
  /** @returns a function that takes the source out again */
  addStatusSource(read: () => StreamStatus): () => void;
}
