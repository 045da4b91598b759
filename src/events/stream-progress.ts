import type { InputStatus, PlaybackProgress } from "../api/index.js";
import type { ModuleStream, StreamMessage } from "../stream/index.js";

/** What has arrived from one stream so far. */
export class StreamProgress {
  readonly #stream: ModuleStream;
  readonly #counters = { messages: 0, end_messages: 0, incomplete: 0, malformed: 0 };
  #firstSeconds: number | undefined;
  #newestSeconds: number | undefined;
  #hasEnded = false;

  constructor(stream: ModuleStream) {
    this.#stream = stream;
  }

  get url(): string {
    return this.#stream.url;
  }

  /** Why nothing can arrive, if known. */
  get problem(): string | undefined {
    return this.#stream.problem;
  }

  /** How much of a recording has been played. */
  get progress(): PlaybackProgress | undefined {
    return this.#stream.progress;
  }

  /** When the first and the newest message arrived, not counting end messages; undefined before. */
  get firstSeconds(): number | undefined {
    return this.#firstSeconds;
  }

  get newestSeconds(): number | undefined {
    return this.#newestSeconds;
  }

  /** Whether the newest message was the end of an acquisition. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** For display: `messages` are all messages except end messages. */
  get status(): InputStatus {
    return { name: this.url, problem: this.problem, counters: { ...this.#counters } };
  }

  /** Record a message, before its memory may be freed. */
  note(message: StreamMessage, nowSeconds: number): void {
    const counters = this.#counters;
    this.#hasEnded = message.kind === "end";
    if (message.kind === "end") {
      counters.end_messages += 1;
      return;
    }
    counters.messages += 1;
    if (message.kind === "fault") counters.malformed += 1;
    else if (!isComplete(message)) counters.incomplete += 1;
    this.#newestSeconds = nowSeconds;
    this.#firstSeconds ??= nowSeconds;
  }
}

function isComplete(message: Extract<StreamMessage, { kind: "frame" | "exposure" }>): boolean {
  if (message.kind === "frame") return message.frame.complete;
  return message.exposure.frames.every(({ complete }) => complete);
}
