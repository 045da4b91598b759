import type { StatusRegistry, StreamStatus } from "../api/index.js";

/** The host's service that keeps the status sources. */
export class StatusSources implements StatusRegistry {
  /** One object per call, in order: the same function may be added twice, and must then be removed twice. */
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
