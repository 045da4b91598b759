import type { DetectorLayout } from "../detector.js";
import { FaultCollector, RecordingError } from "../errors.js";
import type { JungfrauEvent } from "../events/index.js";
import { openRecording, type Recording, rangeOf, recordingsOf } from "../recordings/index.js";

/** The exposures of recordings, by their event ids. */
export class SingleEvents {
  readonly #recordings: readonly Recording[];

  private constructor(recordings: readonly Recording[]) {
    this.#recordings = recordings;
  }

  /**
   * @param names  of recordings, or of lists of them
   * @throws {RecordingError} for every recording that cannot be opened
   */
  static async open(names: readonly string[], layout: DetectorLayout): Promise<SingleEvents> {
    const faults = new FaultCollector();
    const recordings: Recording[] = [];
    for (const name of names) {
      const list = await faults.attemptAsync(() => recordingsOf(name));
      for (const path of list?.paths ?? []) {
        const recording = await faults.attemptAsync(() => openRecording(path, layout));
        if (recording !== undefined) recordings.push(recording);
      }
    }
    const events = new SingleEvents(recordings);
    if (faults.faults.length > 0) events.close();
    faults.throwIfAny();
    return events;
  }

  /** What is missing or damaged, one sentence each. */
  get notes(): readonly string[] {
    return this.#recordings.flatMap(({ notes }) => notes);
  }

  /**
   * Read the exposure with this number, from the first recording that has one.
   *
   * @returns an event whose frames the caller releases
   * @throws {RecordingError} RECORDING_NO_EVENT, and errors of reading it
   */
  async read(eventId: string): Promise<JungfrauEvent> {
    const frameNumber = /^\d{1,20}$/.test(eventId) ? BigInt(eventId) : undefined;
    for (const recording of frameNumber === undefined ? [] : this.#recordings) {
      const index = await recording.indexOf(frameNumber as bigint);
      if (index === undefined) continue;
      const { frames, timestampSeconds } = await recording.read(index);
      return {
        frameNumber: frameNumber as bigint,
        timestampSeconds,
        frames,
        incomplete: frames.some(({ complete }) => !complete),
      };
    }
    throw new RecordingError(
      "RECORDING_NO_EVENT",
      `There is no event ${eventId}: ${this.#recordings.map(rangeOf).join(", ")}. An event's id is its frame number.`,
    );
  }

  /** May be repeated. */
  close(): void {
    for (const recording of this.#recordings) recording.close();
  }
}
