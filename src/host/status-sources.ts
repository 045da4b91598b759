import type { Metrics, StreamStatus } from "../api/index.js";

/** The host's metrics service: remembers whom to ask. */
export class StatusSources implements Metrics {
  readonly #sources: (() => StreamStatus)[] = [];

  addStatusSource(read: () => StreamStatus): () => void {
    this.#sources.push(read);
    return () => {
      const index = this.#sources.indexOf(read);
      if (index >= 0) this.#sources.splice(index, 1);
    };
  }

  /** The status of the newest source; a monitor runs one stream. */
  read(): StreamStatus {
    return this.#sources.at(-1)?.() ?? { state: "waiting", message: "nothing is running", counters: {} };
  }
}
