import { once } from "node:events";

/** Writes lines to standard output as fast as its reader takes them. */
export class Output {
  #isClosed = false;

  constructor() {
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
    if (this.#isClosed || process.stdout.write(text)) return;
    await once(process.stdout, "drain").catch(() => undefined);
  }
}
