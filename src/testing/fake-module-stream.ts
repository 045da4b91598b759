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

  /** @param url  the address that it reports */
  constructor(url = "tcp://fake:30001") {
    this.url = url;
  }

  /** Add messages after those that are waiting. */
  push(...messages: StreamMessage[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  /** Add a frame, of which the test gives only the relevant values. */
  pushFrame(fields: Partial<ModuleFrame>): void {
    this.push({ kind: "frame", frame: aModuleFrame(fields) });
  }

  /** Make the stream fail, after the messages that were pushed. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  /** @throws the error passed to {@link fail} */
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
