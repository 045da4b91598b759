import { type ModuleFrame, missingFrame, type StreamMessage } from "../stream/index.js";
import { type EventCounters, zeroCounters } from "./counters.js";
import { EventClock } from "./event-clock.js";
import type { Exposure } from "./exposure.js";
import type { JungfrauEvent, PairedFrames } from "./jungfrau-event.js";
import { Pairing, type PairingOptions } from "./pairing.js";
import { release } from "./release.js";

export interface EventBuilderOptions extends Omit<PairingOptions, "partial"> {
  /** What happens to events that lost packets or a port's frame. */
  readonly incompleteFrames: "mark" | "drop";
}

/** Whether a message may have waited to be read. */
export interface MessageWait {
  /** For long: the stream was not read, or the process was stalled. Its time of arrival is unknown. */
  readonly isQueued?: boolean;
  /**
   * For a moment: it was there before the reader was. A monitor that has just started reads slowly, at the detector's
   * pace but ever later, which must not be taken for a restart of the detector's clock.
   */
  readonly isAtHand?: boolean;
}

/** Makes events from the messages of all streams, and counts every message. Pure: no socket, no clock. */
export class EventBuilder {
  readonly counters: EventCounters = zeroCounters();
  readonly #pairing: Pairing;
  readonly #clock = new EventClock();
  readonly #dropIncomplete: boolean;
  /** The port of each stream. */
  readonly #portOf: number[] = [];
  /** What each receiver has missed so far. */
  readonly #missedBefore: number[] = [];
  #newestSeconds = 0;
  #newest: Pick<Exposure, "frameNumber" | "linked"> | undefined;
  #numbering = { restarts: 0, frameNumber: 0n };

  constructor(options: EventBuilderOptions) {
    this.#dropIncomplete = options.incompleteFrames === "drop";
    this.#pairing = new Pairing({ ...options, partial: !this.#dropIncomplete }, this.counters);
  }

  /** Module frames that wait for the others of their exposures. */
  get waiting(): number {
    return this.#pairing.waiting;
  }

  /** How often frame numbers have restarted, and the first number of the newest start. */
  get numbering(): { readonly restarts: number; readonly frameNumber: bigint } {
    return this.#numbering;
  }

  /** Two streams that number the same exposures differently, and their simultaneous frame numbers. */
  get difference(): { streams: readonly number[]; numbers: readonly bigint[] } | undefined {
    const found = this.#pairing.difference;
    return (
      found && { streams: found.ports.map((port) => this.#portOf.indexOf(port)), numbers: found.numbers }
    );
  }

  /** @returns the events that the message completes, in order */
  accept(
    streamIndex: number,
    message: StreamMessage,
    { isQueued = false, isAtHand = false }: MessageWait = {},
  ): JungfrauEvent[] {
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
    const { duplicate } = counters;
    const exposures = this.#pairing.accept(message.frame, isQueued);
    // A copy of a frame would look like a restart of the clock, so pairing decides first.
    if (counters.duplicate === duplicate) this.#clock.note(message.frame, isQueued || isAtHand);
    return this.#events(exposures);
  }

  /** If two streams send the same port, the first in the source string counts. */
  #isAnothers(streamIndex: number, frame: ModuleFrame): boolean {
    this.#portOf[streamIndex] = frame.portIndex;
    if (this.#portOf.indexOf(frame.portIndex) === streamIndex) return false;
    this.counters.duplicate += 1;
    release([frame]);
    return true;
  }

  /** The monitor has unsubscribed from the ports. */
  paused(): void {
    this.#pairing.paused();
  }

  /**
   * Discard exposures that have waited for too long.
   *
   * @param seconds  since the newest frame arrived
   * @returns        the incomplete events that are made of them
   */
  expire(seconds: number): JungfrauEvent[] {
    return this.#events(this.#pairing.expire(this.#newestSeconds + seconds));
  }

  /** The streams have ended: no waiting frame will be paired. */
  end(): void {
    this.#pairing.giveUpAll();
  }

  #count({ repaired, complete }: ModuleFrame): void {
    this.counters.moduleFrames += 1;
    if (repaired) this.counters.repaired += 1;
    if (!complete) this.counters.incomplete += 1;
  }

  /** How much a receiver has missed since this monitor connected. A restarted receiver counts from 0. */
  #countMissed(streamIndex: number, missed: number): void {
    const before = this.#missedBefore[streamIndex] ?? missed;
    this.counters.missed += missed < before ? missed : missed - before;
    this.#missedBefore[streamIndex] = missed;
  }

  /** An exposure that another receiver has paired. Its missing ports do not count as module frames. */
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
      if (linked === before.linked) return; // it is only late
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

/**
 * The frame of the same module's other port, if it arrived: ports 0 and 1 belong to one module, 2 and 3 to the other.
 */
function nearest(frames: readonly ModuleFrame[], portIndex: number): ModuleFrame {
  const distance = (frame: ModuleFrame) => frame.portIndex ^ portIndex;
  return frames.reduce((best, frame) => (distance(frame) < distance(best) ? frame : best));
}
