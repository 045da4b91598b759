import { setTimeout as delay } from "node:timers/promises";
import type { EventBuilder } from "./event-builder.js";
import type { StreamProgress } from "./stream-progress.js";

/** What is known of the frames that wait, and of the events that they made. */
type Builder = Pick<EventBuilder, "waitingOf" | "counters">;

/** How much the streams may hold. */
interface LeadSettings {
  /** Frame numbers that may wait for the other module. */
  readonly windowSize: number;
  /** Messages that may wait in a socket. */
  readonly highWaterMark: number;
}

/** For how many milliseconds a stream that is ahead waits for the others to bring something. */
const MAX_SILENT_TURNS = 50;

/**
 * Holds a stream back that is ahead of the others: after a pause each has a backlog, and one that is read to its end first
 * would leave the window before the others' frames come.
 */
export class StreamLead {
  readonly #builder: Builder;
  readonly #streams: readonly StreamProgress[];
  /** Frames that may wait before the stream that brought them is held back. */
  readonly #maxLead: number;
  /** By stream, how many messages the others had brought when it gave up waiting for them. */
  readonly #silentAt: number[] = [];
  /** By stream, how many events there had been when it gave up waiting, because what the others brought made none. */
  readonly #inVainAt: number[] = [];
  /** More messages than that are no backlog. */
  readonly #maxBacklog: number;

  constructor(
    builder: Builder,
    streams: readonly StreamProgress[],
    { windowSize, highWaterMark }: LeadSettings,
  ) {
    this.#builder = builder;
    this.#streams = streams;
    this.#maxLead = Math.max(windowSize / 2, 1);
    this.#maxBacklog = windowSize + highWaterMark;
  }

  /**
   * Resolves when a stream may go on, or the signal has aborted. Others that bring nothing are waited for once. One whose
   * frames fit nothing has lost count of the runs: it can be taken in only after the others have gone on.
   */
  async othersCatchUp(streamIndex: number, portIndex: number, signal: AbortSignal): Promise<void> {
    const first = this.#receivedByOthers(streamIndex);
    let silentTurns = 0;
    while (this.#builder.waitingOf(portIndex) > this.#maxLead && !signal.aborted) {
      const before = this.#receivedByOthers(streamIndex);
      const { paired } = this.#builder.counters;
      if (before === this.#silentAt[streamIndex] || paired === this.#inVainAt[streamIndex]) return;
      if (before - first > this.#maxBacklog) this.#inVainAt[streamIndex] = paired;
      await delay(1);
      silentTurns = this.#receivedByOthers(streamIndex) === before ? silentTurns + 1 : 0;
      if (silentTurns === MAX_SILENT_TURNS) this.#silentAt[streamIndex] = before;
    }
  }

  #receivedByOthers(streamIndex: number): number {
    return this.#streams.reduce(
      (sum, { received }, index) => (index === streamIndex ? sum : sum + received),
      0,
    );
  }
}
