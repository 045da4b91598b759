import type { ModuleFrame, StreamMessage } from "../stream/index.js";
import { type EventCounters, zeroCounters } from "./counters.js";
import { EventClock } from "./event-clock.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { type PairedFrames, Pairing, type PairingOptions } from "./pairing.js";
import { release } from "./release.js";

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

  /** Of those, the frames of one port. */
  waitingOf(portIndex: number): number {
    return this.#pairing.waitingOf(portIndex);
  }

  /** @returns the event that the message completes, if it does */
  accept(streamIndex: number, message: StreamMessage): JungfrauEvent | undefined {
    const { counters } = this;
    if (message.kind === "end") {
      counters.endMessages += 1;
      if (message.repaired) counters.repaired += 1;
      return undefined;
    }
    if (message.kind === "fault") {
      counters.moduleFrames += 1;
      counters.malformed += 1;
      return undefined;
    }
    if (message.kind === "exposure") {
      const { frames, timestampSeconds } = message.exposure;
      for (const frame of frames) this.#count(frame);
      counters.paired += 1;
      return this.#event(frames, timestampSeconds);
    }
    this.#count(message.frame);
    const frames = this.#pairing.accept(streamIndex, message.frame);
    // The clock also sees an event that is dropped: it may be the first of its run.
    return frames && this.#event(frames, this.#clock.timestampSeconds(frames));
  }

  #count({ repaired, complete }: ModuleFrame): void {
    this.counters.moduleFrames += 1;
    if (repaired) this.counters.repaired += 1;
    if (!complete) this.counters.incomplete += 1;
  }

  #event(frames: PairedFrames, timestampSeconds: number): JungfrauEvent | undefined {
    const incomplete = frames.some(({ complete }) => !complete);
    if (this.#dropIncomplete && incomplete) {
      this.counters.dropped += 1;
      release(frames);
      return undefined;
    }
    return { frameNumber: frames[0]?.frameNumber ?? 0n, timestampSeconds, frames, incomplete };
  }

  /** The streams have ended: nothing that waits will be paired. */
  end(): void {
    this.#pairing.giveUpAll();
  }
}
