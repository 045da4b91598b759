import type { DataEvent, StreamStatus } from "../api/index.js";
import { EventIntake, type IntakeServices, type IntakeSettings, release } from "../events/index.js";
import { PushOutput, type PushOutputOptions } from "./push-output.js";

/** Pairs the streams of a detector, and gives each event to one of any number of monitors. */
export class Receiver {
  readonly #intake: EventIntake;
  readonly #output: PushOutput;
  #sent = 0;
  #unsent = 0;

  private constructor(intake: EventIntake, output: PushOutput) {
    this.#intake = intake;
    this.#output = output;
  }

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST, RECEIVER_CANNOT_BIND */
  static async open(
    settings: IntakeSettings,
    output: Pick<PushOutputOptions, "url" | "format" | "keys">,
    services: IntakeServices,
  ): Promise<Receiver> {
    const pushOutput = await PushOutput.bind({ ...output, ...services });
    try {
      return new Receiver(await EventIntake.open(settings, services), pushOutput);
    } catch (error) {
      pushOutput.close();
      throw error;
    }
  }

  /** Where monitors connect to. */
  get url(): string {
    return this.#output.url;
  }

  /**
   * Send events until the signal aborts. Each is chosen when a monitor can take it: so it is the newest.
   *
   * @param onSent  called after each event was handed to a monitor
   */
  async run(signal: AbortSignal, onSent: (event: DataEvent) => void): Promise<void> {
    try {
      for await (const event of this.#intake.events(signal, () => this.#output.room(signal))) {
        if (await this.#output.send(event)) {
          this.#sent += 1;
          onSent(event);
        } else {
          this.#unsent += 1; // the last monitor has just gone
          release(event.frames);
        }
      }
    } finally {
      this.#output.close();
    }
  }

  status(): StreamStatus {
    const status = this.#intake.status();
    return { ...status, counters: { ...status.counters, sent: this.#sent, unsent: this.#unsent } };
  }
}
