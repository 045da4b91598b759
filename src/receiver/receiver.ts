import type { DataEvent, StreamStatus } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { EventIntake, type IntakeServices } from "../events/index.js";
import { recordingStreamOpener } from "../recordings/index.js";
import { zmqModuleStreamOpener } from "../stream/index.js";
import { type Output, type OutputFormat, type OutputOptions, outputMessage } from "./output.js";
import { PushOutput } from "./push-output.js";
import type { ReceiverSettings } from "./settings.js";
import { TcpOutput } from "./tcp-output.js";

/** Pairs the streams of a detector, and sends each event to one of any number of monitors. */
export class Receiver {
  readonly #layout: DetectorLayout;
  readonly #intake: EventIntake;
  readonly #output: Output;
  readonly #format: OutputFormat;
  #sent = 0;
  #unsent = 0;

  private constructor(layout: DetectorLayout, intake: EventIntake, output: Output, format: OutputFormat) {
    this.#layout = layout;
    this.#intake = intake;
    this.#output = output;
    this.#format = format;
  }

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST, STREAM_CANNOT_LISTEN */
  static async open(
    { intake, output, playback }: ReceiverSettings,
    services: Pick<IntakeServices, "logger" | "clock">,
  ): Promise<Receiver> {
    const { logger, clock } = services;
    const opened = await openOutput({ ...output, logger, clock });
    try {
      const openModuleStream =
        intake.kind === "recording"
          ? recordingStreamOpener(intake.layout, playback, logger)
          : zmqModuleStreamOpener(intake.layout, clock, logger);
      const opening = EventIntake.open(intake, { openModuleStream, logger, clock });
      return new Receiver(intake.layout, await opening, opened, output.format);
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Address for monitors. */
  get url(): string {
    return this.#output.url;
  }

  /**
   * Send events until the signal aborts. With `latest`, each event is chosen when a monitor can take it, so it is the
   * newest.
   *
   * @param onSent  called after each event that was handed to a monitor
   */
  async run(signal: AbortSignal, onSent: (event: DataEvent) => void): Promise<void> {
    const stop = () => this.close();
    signal.addEventListener("abort", stop);
    try {
      const ready = this.#output.waits ? undefined : (ended: AbortSignal) => this.#output.room(ended);
      for await (const event of this.#intake.events(signal, ready)) {
        if (await this.#output.send(outputMessage(this.#layout, this.#format, event, this.#intake.missed))) {
          this.#sent += 1;
          onSent(event);
        } else {
          this.#unsent += 1; // the last monitor has just gone
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.close();
    }
  }

  /** Close all sockets; {@link run} does so itself. May be repeated. */
  close(): void {
    this.#intake.close();
    this.#output.close();
  }

  status(): StreamStatus {
    const status = this.#intake.status();
    const counters = { ...status.counters, sent: this.#sent, unsent: this.#unsent };
    const refused = this.#output.refusedCount;
    const monitors = this.#output.monitorCount;
    const message =
      monitors === 0 ? `${status.message}; no monitor is connected to ${this.url}` : status.message;
    return { ...status, message, counters: { ...counters, monitors, refused } };
  }
}

/** @throws {StreamError} STREAM_CANNOT_LISTEN, STREAM_HANDLER_TAKEN */
function openOutput({ keys, ...options }: OutputOptions): Promise<Output> {
  return keys === undefined ? TcpOutput.listen(options) : PushOutput.bind({ ...options, keys });
}
