/** Messages for people. One line per call, which says what, where, and what to do. */
export interface Logger {
  /** Details for debugging; most hosts hide them. */
  debug(message: string): void;
  /** Normal operation, such as a new acquisition. */
  info(message: string): void;
  /** The monitor continues, but something is not as intended. */
  warn(message: string): void;
  /** A permanent failure. */
  error(message: string): void;
}

/** The time of day. Injected, so that a test can stop it. */
export interface Clock {
  /** Seconds since 1970-01-01 UTC, with fractions. */
  nowSeconds(): number;
}

/**
 * The state of a stream: `waiting` for its first frame or the next acquisition, `streaming`, `stalled` during an
 * acquisition or because a connection is refused, or streaming `one_module_only`.
 */
export type StreamState = "waiting" | "streaming" | "stalled" | "one_module_only";

/** The status of one input of a stream, such as one of two sockets. */
export interface InputStatus {
  /** As the source names it. */
  readonly name: string;
  /** Why no data can arrive now, such as `not connected`; undefined if no problem is known. */
  readonly problem: string | undefined;
  /** Counts of what arrived, by snake_case name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** How much of a recording has been played. */
export interface PlaybackProgress {
  /** Exposures played so far in this pass. */
  readonly done: number;
  /** Exposures of one pass. */
  readonly total: number;
  /** 1 for the first pass, one more for each repetition. */
  readonly pass: number;
}

/** The status of a stream, for a status line or a metrics page. */
export interface StreamStatus {
  /** The state of the stream, for programs. */
  readonly state: StreamState;
  /** One sentence for people: what the stream waits for, and where. */
  readonly message: string;
  /** Counts since the start, by snake_case name. */
  readonly counters: Readonly<Record<string, number>>;
  /** Further sentences about what currently needs attention. Since contract 1.2. */
  readonly warnings?: readonly string[] | undefined;
  /** The status of each input, if the stream knows it. */
  readonly inputs?: readonly InputStatus[] | undefined;
  /** Of a recording, whose events have no lag; undefined for a detector. */
  readonly progress?: PlaybackProgress | undefined;
}

/** Collects the status of streams. The host reads it only when it is needed. */
export interface StatusRegistry {
  /** @returns a function that removes only this source; it may be called repeatedly */
  addStatusSource(read: () => StreamStatus): () => void;
}
