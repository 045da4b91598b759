import type { StreamMessage } from "../stream/index.js";
import { type EventCounters, zeroCounters } from "./counters.js";
import { EventClock } from "./event-clock.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { Pairing, type PairingOptions } from "./pairing.js";

export interface EventBuilderOptions extends PairingOptions {
  /** What becomes of events that lost packets. */
  readonly incompleteFrames: "mark" | "drop";
}

/** Makes events of the messages of all streams, and accounts for every message. Pure: no socket, no clock. */
export class EventBuilder {
  readonly counters: EventCounters = zeroCounters();
  readonly #pairing: Pairing;
  readonly #clock = new EventClock();
  readonly #dropIncomplete: boolean;

  constructor(options: EventBuilderOptions) {
    this.#pairing = new Pairing(options, this.counters);
    this.#dropIncomplete = options.incompleteFrames === "drop";
  }

  /** Module frames that wait for their other halves. */
  get waiting(): number {
    return this.#pairing.waiting;
  }

  /** @returns the event that the message completes, if it does */
  accept(streamIndex: number, message: StreamMessage): JungfrauEvent | undefined {
    const { counters } = this;
    if (message.kind === "end") {
      counters.endMessages += 1;
      if (message.repaired) counters.repaired += 1;
      return undefined;
    }
    counters.moduleFrames += 1;
    if (message.kind === "fault") {
      counters.malformed += 1;
      return undefined;
    }
    const { frame } = message;
    if (frame.repaired) counters.repaired += 1;
    if (!frame.complete) counters.incomplete += 1;

    const frames = this.#pairing.accept(streamIndex, frame);
    if (frames === undefined) return undefined;
    // Also for an event that is dropped: it may be the first of its run.
    const timestampSeconds = this.#clock.timestampSeconds(frames);
    const incomplete = frames.some(({ complete }) => !complete);
    if (this.#dropIncomplete && incomplete) {
      counters.dropped += 1;
      return undefined;
    }
    return { frameNumber: frame.frameNumber, timestampSeconds, frames, incomplete };
  }

  /** The streams have ended: nothing that waits will be paired. */
  end(): void {
    this.#pairing.giveUpAll();
  }
}
