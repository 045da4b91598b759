import { once } from "node:events";

/** Writes lines to standard output as fast as its reader takes them. */
export class Output {
  readonly #signal: AbortSignal;
  #isClosed = false;

  /** @param signal  ends waiting for a reader that takes nothing */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    // The reader may go away (`| head -1`): then there is nobody left to write for.
    process.stdout.on("error", () => {
      this.#isClosed = true;
    });
  }

  /** Whether the reader has gone away. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  async write(text: string): Promise<void> {
    // A reader that takes nothing gets nothing more, so that the process can end.
    const isStuck = this.#signal.aborted && process.stdout.writableNeedDrain;
    if (this.#isClosed || isStuck || process.stdout.write(text)) return;
    await once(process.stdout, "drain", { signal: this.#signal }).catch(() => undefined);
  }
}
