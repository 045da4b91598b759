import { setTimeout as delay } from "node:timers/promises";
import type { EventBuilder } from "./event-builder.js";
import type { StreamProgress } from "./stream-progress.js";

/** For how many milliseconds a stream that is ahead waits for the others to bring something. */
const MAX_SILENT_TURNS = 50;

/**
 * Holds a stream back that is ahead of the others: after a pause each has a backlog, and one that is read to its end first
 * would leave the window before the others' frames come.
 */
export class StreamLead {
  readonly #builder: Pick<EventBuilder, "waitingOf">;
  readonly #streams: readonly StreamProgress[];
  /** Frames that may wait before the stream that brought them is held back. */
  readonly #maxLead: number;
  /** By stream, how many messages the others had brought when it gave up waiting for them. */
  readonly #silentAt: number[] = [];

  /** @param windowSize  frame numbers that may wait for the other module */
  constructor(
    builder: Pick<EventBuilder, "waitingOf">,
    streams: readonly StreamProgress[],
    windowSize: number,
  ) {
    this.#builder = builder;
    this.#streams = streams;
    this.#maxLead = Math.max(windowSize / 2, 1);
  }

  /** Resolves when a stream may go on, or the signal has aborted. Others that bring nothing are waited for once. */
  async othersCatchUp(streamIndex: number, portIndex: number, signal: AbortSignal): Promise<void> {
    let silentTurns = 0;
    while (this.#builder.waitingOf(portIndex) > this.#maxLead && !signal.aborted) {
      const before = this.#receivedByOthers(streamIndex);
      if (before === this.#silentAt[streamIndex]) return;
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
