import { isMonitorError } from "../errors.js";
import type { PairedExposure, StreamMessage } from "../stream/index.js";
import type { Selection } from "./playback.js";
import type { Recording } from "./recording.js";

/** Exposures that are read in advance: enough to keep a disk busy. */
const READ_AHEAD = 2;

/** Reads the exposures of a selection shortly before they are needed. */
export class ReadAhead {
  readonly #recording: Recording;
  readonly #selection: Selection;
  readonly #reading: Promise<StreamMessage>[] = [];
  #index: number;

  /** @param skipped  exposures to skip at the start of the selection */
  constructor(recording: Recording, selection: Selection, skipped: number) {
    this.#recording = recording;
    this.#selection = selection;
    this.#index = selection.fromIndex + skipped * selection.every;
  }

  /** The next exposure, or the fault why it cannot be read; undefined at the end. */
  async next(): Promise<StreamMessage | undefined> {
    this.#fill();
    const message = await this.#reading.shift();
    this.#fill();
    return message;
  }

  close(): void {
    for (const reading of this.#reading) reading.then(release, () => undefined);
  }

  #fill(): void {
    const { endIndex, every } = this.#selection;
    while (this.#reading.length < READ_AHEAD && this.#index < (endIndex ?? this.#recording.length)) {
      const reading = this.#recording.read(this.#index).then(exposureOf, faultOf);
      reading.catch(() => undefined); // awaited later
      this.#reading.push(reading);
      this.#index += every;
    }
  }
}

function exposureOf(exposure: PairedExposure): StreamMessage {
  return { kind: "exposure", exposure };
}

/** @throws errors that are not faults of the recording */
export function faultOf(error: unknown): StreamMessage {
  if (!isMonitorError(error)) throw error;
  return { kind: "fault", fault: error };
}

/** Free the memory of exposures that are not delivered. */
export function release(message: StreamMessage): void {
  if (message.kind === "exposure") for (const frame of message.exposure.frames) frame.release?.();
}
