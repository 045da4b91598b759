import type { StatusRegistry, StreamStatus } from "../api/index.js";

/** The host's service: remembers whom to ask. */
export class StatusSources implements StatusRegistry {
  /** An object for each call, in their order: the same function may be added twice, and is then forgotten twice. */
  readonly #sources = new Set<{ readonly read: () => StreamStatus }>();

  addStatusSource(read: () => StreamStatus): () => void {
    const source = { read };
    this.#sources.add(source);
    return () => void this.#sources.delete(source);
  }

  /** The status of the newest source, since a monitor runs one stream; undefined if there is no source. */
  newest(): StreamStatus | undefined {
    return [...this.#sources].at(-1)?.read();
  }
}
