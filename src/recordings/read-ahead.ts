import { isMonitorError } from "../errors.js";
import type { PairedExposure, StreamMessage } from "../stream/index.js";
import type { Selection } from "./playback.js";
import type { Recording } from "./recording.js";

/** Exposures that are read while the one before them is used: enough to keep a disk busy. */
const READ_AHEAD = 2;

/** Reads the exposures of a selection a little before they are asked for. */
export class ReadAhead {
  readonly #recording: Recording;
  readonly #selection: Selection;
  readonly #reading: Promise<StreamMessage>[] = [];
  #index: number;

  /** @param skipped  exposures of the selection that are left out at its start */
  constructor(recording: Recording, selection: Selection, skipped: number) {
    this.#recording = recording;
    this.#selection = selection;
    this.#index = selection.fromIndex + skipped * selection.every;
  }

  /** The next exposure, or why it cannot be read; undefined at the end. */
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
      reading.catch(() => undefined); // it is awaited later
      this.#reading.push(reading);
      this.#index += every;
    }
  }
}

function exposureOf(exposure: PairedExposure): StreamMessage {
  return { kind: "exposure", exposure };
}

/** @throws what is no fault of the recording */
export function faultOf(error: unknown): StreamMessage {
  if (!isMonitorError(error)) throw error;
  return { kind: "fault", fault: error };
}

/** Free the memory of what is not delivered. */
export function release(message: StreamMessage): void {
  if (message.kind === "exposure") for (const frame of message.exposure.frames) frame.release?.();
}
