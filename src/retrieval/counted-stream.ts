import type { InputStatus } from "../api/index.js";
import type { ModuleStream, StreamMessage } from "../stream/index.js";

/** A stream that counts what it brings. */
export class CountedStream implements ModuleStream {
  readonly #stream: ModuleStream;
  readonly #counters = { messages: 0, end_messages: 0, incomplete: 0, malformed: 0 };

  constructor(stream: ModuleStream) {
    this.#stream = stream;
  }

  get url(): string {
    return this.#stream.url;
  }

  get problem(): string | undefined {
    return this.#stream.problem;
  }

  /** `messages` are all but end messages. */
  get status(): InputStatus {
    return { name: this.url, problem: this.problem, counters: { ...this.#counters } };
  }

  close(): void {
    this.#stream.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamMessage> {
    const messages = this.#stream[Symbol.asyncIterator]();
    const counted = (result: IteratorResult<StreamMessage>) => {
      if (!result.done) this.#count(result.value);
      return result;
    };
    // Not a generator, which would cost more for each message.
    return {
      next: () => messages.next().then(counted),
      return: async (value) => (await messages.return?.(value)) ?? { done: true, value },
    };
  }

  #count(message: StreamMessage): void {
    const counters = this.#counters;
    if (message.kind === "end") {
      counters.end_messages += 1;
      return;
    }
    counters.messages += 1;
    if (message.kind === "fault") counters.malformed += 1;
    else if (!isComplete(message)) counters.incomplete += 1;
  }
}

function isComplete(message: Extract<StreamMessage, { kind: "frame" | "exposure" }>): boolean {
  if (message.kind === "frame") return message.frame.complete;
  return message.exposure.frames.every(({ complete }) => complete);
}
