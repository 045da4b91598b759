/** Where people read what happens. One line a call; a message says what, where, and what to do. */
export interface Logger {
  /** For whoever looks for a fault; most hosts hide it. */
  debug(message: string): void;
  /** Something that is as it should be, such as a new acquisition. */
  info(message: string): void;
  /** The monitor runs on, but not as somebody meant it to. */
  warn(message: string): void;
  /** Something failed for good. */
  error(message: string): void;
}

/** The time of day. Injected, so that a test can stop it. */
export interface Clock {
  /** Seconds since 1970-01-01 UTC, with fractions. */
  nowSeconds(): number;
}

/**
 * What a stream is doing: `waiting` for its first frame or the next acquisition, `streaming`, `stalled` in the midst of
 * it or because it is refused, or streaming `one_module_only`.
 */
export type StreamState = "waiting" | "streaming" | "stalled" | "one_module_only";

/** How one of the inputs of a stream is doing, such as one of two sockets. */
export interface InputStatus {
  /** As the source names it. */
  readonly name: string;
  /** Why nothing can come at present, such as `not connected`; undefined if nothing is known to be wrong. */
  readonly problem: string | undefined;
  /** What it brought, by snake_case name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** How much of a recording has been played. */
export interface PlaybackProgress {
  /** Exposures of this pass that have come so far. */
  readonly done: number;
  /** Exposures of one pass. */
  readonly total: number;
  /** 1 the first time through, one more with every repetition. */
  readonly pass: number;
}

/** How a stream is doing, for a status line or a metrics page. */
export interface StreamStatus {
  /** What the stream is doing, for programs. */
  readonly state: StreamState;
  /** One sentence for people: what the stream waits for, and where. */
  readonly message: string;
  /** Counts since the start, by snake_case name. */
  readonly counters: Readonly<Record<string, number>>;
  /** What people should know of now besides, a sentence each. Since contract 1.2. */
  readonly warnings?: readonly string[] | undefined;
  /** What came by which way, where the stream can tell. */
  readonly inputs?: readonly InputStatus[] | undefined;
  /** Of a recording, whose events have no lag; undefined for a detector. */
  readonly progress?: PlaybackProgress | undefined;
}

/** Where a host finds how streams are doing. It asks when somebody wants to know, so counting costs nothing. */
export interface StatusRegistry {
  /** @returns a function that takes this source out again, and no other; harmless when repeated */
  addStatusSource(read: () => StreamStatus): () => void;
}
