/** An event loop that did not turn for so long lets messages wait that were to be read. */
const STALLED_MS = 150;
/** After it has stood still, sockets hand over bit by bit what has come: that there is nothing at hand says nothing for so long. */
const HANDING_OVER_MS = 100;

/**
 * Knows which messages may have waited to be read: those of a stream that was left alone, because the monitor took no
 * events or the process stood still, until it has none at hand.
 */
export class Backlog {
  readonly #streamCount: number;
  /** Streams that may have one. */
  readonly #streams = new Set<number>();
  /** When the process was found to have stood still. */
  #foundMs = Number.NEGATIVE_INFINITY;
  #stalledMs = 0;
  readonly #nowMs: () => number;
  #lookedMs: number;

  /** @param nowMs  a clock that never goes back */
  constructor(streamCount: number, nowMs = () => performance.now()) {
    this.#streamCount = streamCount;
    this.#nowMs = nowMs;
    this.#lookedMs = nowMs();
  }

  /** For how long the process stood still, while a stream may have messages that have waited since; else 0. */
  get stalledMs(): number {
    this.#noticeStall();
    return this.#streams.size === 0 ? 0 : this.#stalledMs;
  }

  /** No stream has been read for a while. */
  formed(): void {
    for (let stream = 0; stream < this.#streamCount; stream++) this.#streams.add(stream);
  }

  /** A stream that is being read has nothing at hand. */
  drained(streamIndex: number): void {
    if (this.#nowMs() - this.#foundMs > HANDING_OVER_MS) this.#streams.delete(streamIndex);
  }

  /** The event loop turns. */
  look(): void {
    this.#noticeStall();
    this.#lookedMs = this.#nowMs();
  }

  /**
   * Whether a message may have waited.
   *
   * @param wasAwaited  whether it was not there at once when it was asked for
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
