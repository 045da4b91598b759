import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { Clock, Logger } from "../../api/index.js";
import { messageOf, type RecordingError, StreamError } from "../../errors.js";
import { FaultLog, type ModuleFrame, type ModuleStream, type StreamMessage } from "../../stream/index.js";
import { RAW_HEADER_BYTES } from "../raw-layout.js";
import type { OutputFolder } from "./output-folder.js";
import { PortCounts, type RecordedPort } from "./port-counts.js";
import { RecordedRuns } from "./recorded-runs.js";
import { RecordingEnd, type RecordingLimits } from "./recording-end.js";
import { RunOrder } from "./run-order.js";

/** How often masters are updated, and time limits checked. */
const LOOK_INTERVAL_MS = 500;

export interface RecorderOptions {
  readonly folder: OutputFolder;
  /** First part of the file names. */
  readonly name: string;
  /** Undefined for a receiver that pairs: its first message shows the number. */
  readonly portCount: number | undefined;
  readonly framesPerFile: number;
  readonly limits: RecordingLimits;
  /** How much may wait for the disk before the streams are no longer read. */
  readonly queueBytes: number;
}

/** The progress of a recorder. */
export interface RecorderStatus {
  /** Masters of all runs. */
  readonly masters: readonly string[];
  readonly ports: readonly RecordedPort[];
  /** Size of the headers and images that were accepted. */
  readonly bytes: number;
  /** How much waits for the disk. */
  readonly queuedBytes: number;
  readonly endMessages: number;
  /** Invalid messages. */
  readonly malformed: number;
}

/**
 * Writes streams to disk, port by port, without pairing. While the disk is too slow, the streams are not read; the
 * sender then drops frames, which are visible as gaps in the frame numbers.
 */
export class Recorder {
  readonly #streams: readonly ModuleStream[];
  readonly #options: RecorderOptions;
  readonly #faultLog: FaultLog;
  readonly #order = new RunOrder();
  readonly #end: RecordingEnd;
  readonly #runs: RecordedRuns;
  #ports: readonly PortCounts[] = [];
  /** The stream of each port. */
  readonly #owners = new Map<number, ModuleStream>();
  /** Rows of every port; known with the first frame. */
  #rows: number | undefined;
  #bytes = 0;
  #queuedBytes = 0;
  #endMessages = 0;
  #malformed = 0;
  #failure: RecordingError | undefined;
  #isClosed = false;
  #wake: (() => void)[] = [];

  constructor(
    streams: readonly ModuleStream[],
    options: RecorderOptions,
    { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
  ) {
    this.#streams = streams;
    this.#options = options;
    this.#faultLog = new FaultLog(logger, clock);
    this.#end = new RecordingEnd(options.limits, clock);
    this.#runs = new RecordedRuns({ ...options, onFailure: (error) => this.#fail(error) });
    if (options.portCount !== undefined) this.#countPorts(options.portCount);
  }

  /**
   * Record until a limit is reached, the streams end, or the signal aborts. All accepted frames are then on disk.
   *
   * @throws {RecordingError} RECORDING_CANNOT_WRITE, after everything else was written
   * @throws {StreamError} STREAM_FAILED
   */
  async run(signal: AbortSignal): Promise<void> {
    const close = () => this.#close();
    signal.addEventListener("abort", close);
    if (signal.aborted) close();
    const timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    try {
      // A stream that fails must not interrupt another in the middle of a frame.
      const ends = await Promise.allSettled(this.#streams.map((stream) => this.#drain(stream)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", close);
      this.#close();
      await this.#runs.finish();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #countPorts(portCount: number): void {
    this.#ports = Array.from({ length: portCount }, (_, portIndex) => new PortCounts(portIndex));
  }

  status(): RecorderStatus {
    return {
      masters: this.#runs.masters,
      ports: this.#ports.map((port) => port.recorded(this.#runs.framesOf(port.portIndex))),
      bytes: this.#bytes,
      queuedBytes: this.#queuedBytes,
      endMessages: this.#endMessages,
      malformed: this.#malformed,
    };
  }

  /** Read a stream to the end. A stream that fails ends the others. */
  async #drain(stream: ModuleStream): Promise<void> {
    try {
      const messages = stream[Symbol.asyncIterator]();
      for (;;) {
        await this.#room();
        // One turn of the event loop per message, so that the other sockets are served and Node.js frees memory.
        const turn = turnOfEventLoop();
        const { done, value } = await messages.next();
        if (done) return;
        await this.#accept(stream, value);
        await turn;
      }
    } catch (error) {
      if (error === this.#failure) return;
      throw new StreamError(
        "STREAM_FAILED",
        `Stream ${stream.url} failed: ${messageOf(error)}. Start the recording again.`,
        {
          cause: error,
        },
      );
    } finally {
      this.#close();
    }
  }

  async #accept(stream: ModuleStream, message: StreamMessage): Promise<void> {
    if (message.kind === "end") {
      this.#endMessages += 1;
    } else if (message.kind === "fault") {
      this.#malformed += 1;
      this.#faultLog.warn(`${stream.url} ${message.fault.code}`, `${stream.url}: ${message.fault.message}`);
    } else if (message.kind === "frame") {
      await this.#record(stream, message.frame, () => message.frame.release?.());
    } else {
      const { frames } = message.exposure;
      if (this.#ports.length === 0) this.#countPorts(frames.length);
      // They may share the memory of one message.
      let remaining = frames.length;
      const done = () => {
        remaining -= 1;
        if (remaining === 0) for (const frame of frames) frame.release?.();
      };
      for (const frame of frames) {
        if (frame.missing === true) done();
        else await this.#record(stream, frame, done);
      }
    }
  }

  async #record(stream: ModuleStream, frame: ModuleFrame, done: () => void): Promise<void> {
    const port = this.#ports[frame.portIndex];
    this.#rows ??= frame.rows;
    if (port === undefined || frame.rows !== this.#rows) {
      this.#malformed += 1;
      this.#faultLog.warn(
        `${stream.url} ports`,
        `${stream.url} sent a frame of ${frame.rows} rows from port ${frame.portIndex}, but the recording has ` +
          `${this.#ports.length} ports of ${this.#rows} rows. Start another recording.`,
      );
      return done();
    }
    const owner = this.#owners.get(frame.portIndex) ?? stream;
    this.#owners.set(frame.portIndex, owner);
    const run = owner === stream ? this.#order.runOf(frame) : undefined;
    if (run === undefined) {
      port.duplicate += 1;
      this.#faultLog.warn(
        `${stream.url} duplicate`,
        `${stream.url} sent a frame twice, or the same module as another stream. Check the addresses.`,
      );
      return done();
    }
    const sizeBytes = RAW_HEADER_BYTES + frame.raw.length;
    const portCount = this.#ports.length;
    const isWanted = !this.#isClosed && this.#end.accept(frame, { run, sizeBytes, portCount });
    if (this.#end.isReached) this.#close();
    if (!isWanted) {
      port.afterEnd += 1;
      return done();
    }
    const files = await this.#runs.filesOf(run, frame, portCount).catch((error) => {
      done();
      throw error;
    });
    port.accepted(frame, run);
    this.#bytes += sizeBytes;
    this.#queuedBytes += sizeBytes;
    files.add(frame, () => {
      done();
      this.#queuedBytes -= sizeBytes;
      this.#changed();
    });
  }

  #fail(error: RecordingError): void {
    this.#failure ??= error;
    this.#close();
  }

  #look(): void {
    if (this.#end.look()) this.#close();
    this.#runs.refresh();
  }

  /** Resolves when there is room for more frames, or nothing more is read. */
  async #room(): Promise<void> {
    while (this.#queuedBytes >= this.#options.queueBytes && !this.#isClosed) {
      this.#faultLog.warn(
        "slow disk",
        `The disk is too slow: ${Math.round(this.#queuedBytes / 2 ** 20)} MiB are waiting, and the streams are not read. ` +
          "Frames that are lost meanwhile are counted as missing.",
      );
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.close();
    this.#changed();
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
