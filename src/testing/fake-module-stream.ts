import type { ModuleFrame, ModuleStream, StreamMessage } from "../stream/index.js";
import { aModuleFrame } from "./module-frames.js";

/** A stream whose messages a test pushes by hand. */
export class FakeModuleStream implements ModuleStream {
  readonly url: string;
  /** Whether `close` was called. */
  isClosed = false;
  readonly #messages: StreamMessage[] = [];
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  /** @param url  what it says of itself */
  constructor(url = "tcp://fake:30001") {
    this.url = url;
  }

  /** Bring messages, after those that wait. */
  push(...messages: StreamMessage[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  /** Bring a frame of which the test says only what it is about. */
  pushFrame(fields: Partial<ModuleFrame>): void {
    this.push({ kind: "frame", frame: aModuleFrame(fields) });
  }

  /** Let the stream fail, after what was pushed. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  /** @throws what {@link fail} was given */
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    while (!this.isClosed) {
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else if (this.#failure !== undefined) throw this.#failure;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
