/** If the event loop has not turned for this long, messages may have waited to be read. */
const STALLED_MS = 150;
/**
 * After a stall, sockets deliver the waiting messages bit by bit. For this long, an empty socket does not mean that
 * none are left.
 */
const HANDING_OVER_MS = 100;

/**
 * Decides which messages may have waited to be read: those of a stream that was not read for a while, because the
 * monitor took no events or the process was stalled, until the stream has none at hand.
 */
export class Backlog {
  readonly #streamCount: number;
  /** Streams that may have a backlog. */
  readonly #streams = new Set<number>();
  /** When a stall of the process was detected. */
  #foundMs = Number.NEGATIVE_INFINITY;
  #stalledMs = 0;
  readonly #nowMs: () => number;
  #lookedMs: number;

  /** @param nowMs  a monotonic clock */
  constructor(streamCount: number, nowMs = () => performance.now()) {
    this.#streamCount = streamCount;
    this.#nowMs = nowMs;
    this.#lookedMs = nowMs();
  }

  /** How long the process was stalled, as long as a stream may still have messages from then; else 0. */
  get stalledMs(): number {
    this.#noticeStall();
    return this.#streams.size === 0 ? 0 : this.#stalledMs;
  }

  /** No stream was read for a while. */
  formed(): void {
    for (let stream = 0; stream < this.#streamCount; stream++) this.#streams.add(stream);
  }

  /** A stream that is being read has no message at hand. */
  drained(streamIndex: number): void {
    if (this.#nowMs() - this.#foundMs > HANDING_OVER_MS) this.#streams.delete(streamIndex);
  }

  /** The event loop has turned. */
  look(): void {
    this.#noticeStall();
    this.#lookedMs = this.#nowMs();
  }

  /**
   * Whether a message may have waited.
   *
   * @param wasAwaited  whether the reader had to wait for it
   */
  isQueued(streamIndex: number, wasAwaited: boolean): boolean {
    if (wasAwaited) this.drained(streamIndex);
    this.#noticeStall();
    return this.#streams.has(streamIndex);
  }

  #noticeStall(): void {
    const stillMs = this.#nowMs() - this.#lookedMs;
    if (stillMs <= STALLED_MS) return;
    this.#stalledMs = stillMs;
    this.formed();
    this.#foundMs = this.#nowMs();
    this.#lookedMs = this.#nowMs();
  }
}
