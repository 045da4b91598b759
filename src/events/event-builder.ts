import { type ModuleFrame, missingFrame, type StreamMessage } from "../stream/index.js";
import { type EventCounters, zeroCounters } from "./counters.js";
import { EventClock } from "./event-clock.js";
import type { Exposure } from "./exposure.js";
import type { JungfrauEvent, PairedFrames } from "./jungfrau-event.js";
import { Pairing, type PairingOptions } from "./pairing.js";
import { release } from "./release.js";

export interface EventBuilderOptions extends Omit<PairingOptions, "partial"> {
  /** What becomes of events that lost packets, or of which a port's frame did not come. */
  readonly incompleteFrames: "mark" | "drop";
}

/** Makes events of the messages of all streams, and accounts for every message. Pure: no socket, no clock. */
export class EventBuilder {
  readonly counters: EventCounters = zeroCounters();
  readonly #pairing: Pairing;
  readonly #clock = new EventClock();
  readonly #dropIncomplete: boolean;
  /** Of each stream, the port that it brings. */
  readonly #portOf: number[] = [];
  /** Of each receiver, what it had missed. */
  readonly #missedBefore: number[] = [];
  #newestSeconds = 0;
  #newest: Pick<Exposure, "frameNumber" | "linked"> | undefined;
  #numbering = { restarts: 0, frameNumber: 0n };

  constructor(options: EventBuilderOptions) {
    this.#dropIncomplete = options.incompleteFrames === "drop";
    this.#pairing = new Pairing({ ...options, partial: !this.#dropIncomplete }, this.counters);
  }

  /** Module frames that wait for others of their exposures. */
  get waiting(): number {
    return this.#pairing.waiting;
  }

  /** How often frame numbers have begun again, and with which number they did so last. */
  get numbering(): { readonly restarts: number; readonly frameNumber: bigint } {
    return this.#numbering;
  }

  /** Two streams that number the same exposures differently, and what they bring at the same time. */
  get difference(): { streams: readonly number[]; numbers: readonly bigint[] } | undefined {
    const found = this.#pairing.difference;
    return (
      found && { streams: found.ports.map((port) => this.#portOf.indexOf(port)), numbers: found.numbers }
    );
  }

  /**
   * @param isQueued  whether it had waited to be read, for an unknown time
   * @returns the events that the message completes, in their order
   */
  accept(streamIndex: number, message: StreamMessage, isQueued = false): JungfrauEvent[] {
    const { counters } = this;
    if (message.kind === "end") {
      counters.endMessages += 1;
      if (message.repaired) counters.repaired += 1;
      return [];
    }
    if (message.kind === "fault") {
      counters.moduleFrames += 1;
      counters.malformed += 1;
      return [];
    }
    if (message.kind === "exposure") {
      const { frames, timestampSeconds, missed } = message.exposure;
      if (missed !== undefined) this.#countMissed(streamIndex, missed);
      return this.#paired(frames, timestampSeconds);
    }
    this.#count(message.frame);
    if (this.#isAnothers(streamIndex, message.frame)) return [];
    this.#newestSeconds = Math.max(message.frame.arrivalSeconds, this.#newestSeconds);
    this.#clock.note(message.frame, isQueued);
    return this.#events(this.#pairing.accept(message.frame, isQueued));
  }

  /** Of two streams that bring the same port, the first in the source string counts. */
  #isAnothers(streamIndex: number, frame: ModuleFrame): boolean {
    this.#portOf[streamIndex] = frame.portIndex;
    if (this.#portOf.indexOf(frame.portIndex) === streamIndex) return false;
    this.counters.duplicate += 1;
    release([frame]);
    return true;
  }

  /** The ports were asked to send nothing. */
  paused(): void {
    this.#pairing.paused();
  }

  /**
   * Give up what has waited for too long.
   *
   * @param seconds  since the newest frame came
   * @returns        the events that are made of it all the same
   */
  expire(seconds: number): JungfrauEvent[] {
    return this.#events(this.#pairing.expire(this.#newestSeconds + seconds));
  }

  /** The streams have ended: nothing that waits will be paired. */
  end(): void {
    this.#pairing.giveUpAll();
  }

  #count({ repaired, complete }: ModuleFrame): void {
    this.counters.moduleFrames += 1;
    if (repaired) this.counters.repaired += 1;
    if (!complete) this.counters.incomplete += 1;
  }

  /** What a receiver has missed since this monitor listens to it; it counts from 0 when it was started again. */
  #countMissed(streamIndex: number, missed: number): void {
    const before = this.#missedBefore[streamIndex] ?? missed;
    this.counters.missed += missed < before ? missed : missed - before;
    this.#missedBefore[streamIndex] = missed;
  }

  /** An exposure that another receiver has paired; what is missing in it never was a module frame. */
  #paired(frames: PairedFrames, timestampSeconds: number): JungfrauEvent[] {
    const came = frames.filter(({ missing }) => !missing);
    for (const frame of came) this.#count(frame);
    if (came.length === frames.length) {
      this.counters.paired += 1;
    } else {
      this.counters.partial += 1;
      this.counters.partialFrames += came.length;
    }
    return this.#event(frames, timestampSeconds);
  }

  #events(exposures: readonly Exposure[]): JungfrauEvent[] {
    return exposures.flatMap((exposure) => {
      const { slots, arrivals } = exposure;
      this.#noteNumbering(exposure);
      const came = arrivals.map(({ frame }) => frame);
      const frames = slots.map(
        (slot, portIndex) => slot?.frame ?? missingFrame(nearest(came, portIndex), portIndex),
      );
      return this.#event(frames, this.#clock.timestampSeconds(came));
    });
  }

  #noteNumbering({ frameNumber, linked }: Exposure): void {
    const before = this.#newest;
    if (before !== undefined && frameNumber <= before.frameNumber) {
      if (linked === before.linked) return; // it is merely late
      this.#numbering = { restarts: this.#numbering.restarts + 1, frameNumber };
    }
    this.#newest = { frameNumber, linked };
  }

  #event(frames: PairedFrames, timestampSeconds: number): JungfrauEvent[] {
    const incomplete = frames.some(({ complete }) => !complete);
    if (this.#dropIncomplete && incomplete) {
      this.counters.dropped += 1;
      release(frames);
      return [];
    }
    return [{ frameNumber: frames[0]?.frameNumber ?? 0n, timestampSeconds, frames, incomplete }];
  }
}

/** The frame of the port's own module, if that came: ports 0 and 1 are of one module, and so are 2 and 3. */
function nearest(frames: readonly ModuleFrame[], portIndex: number): ModuleFrame {
  const distance = (frame: ModuleFrame) => frame.portIndex ^ portIndex;
  return frames.reduce((best, frame) => (distance(frame) < distance(best) ? frame : best));
}
