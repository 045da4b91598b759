import { BYTES_PER_WORD, MODULE_COLUMNS, SECONDS_PER_TICK } from "../../detector.js";
import { messageOf, RecordingError } from "../../errors.js";
import { frameFields, type ModuleFrame } from "../../stream/index.js";
import { masterFileName } from "../raw-layout.js";
import { rawFrameHeader } from "./frame-header.js";
import { type RunFacts, rawMaster } from "./master-text.js";
import type { OutputFolder } from "./output-folder.js";
import { PortFiles } from "./port-files.js";
import { claimNumber } from "./run-number.js";

export interface RunFilesOptions {
  readonly folder: OutputFolder;
  /** First part of the file names, such as `run`. */
  readonly name: string;
  readonly portCount: number;
  readonly framesPerFile: number;
  /** Called at most once per port; nothing more of the port is written then. */
  readonly onFailure: (error: RecordingError) => void;
}

/** Number and time of a frame. */
type Moment = Pick<ModuleFrame, "portIndex" | "frameNumber" | "timestampTicks" | "arrivalSeconds">;

/** Properties of a run, from its first frame. */
type FixedFacts = Omit<RunFacts, "frames" | "periodSeconds">;

/**
 * The files of one run, slsReceiver's `.raw` files with a master. They can be read at any time, even after the
 * process was killed: the master is written first, and {@link refresh} updates its counts.
 */
export class RunFiles {
  readonly #options: RunFilesOptions;
  readonly #masterName: string;
  readonly #ports: readonly PortFiles[];
  readonly #facts: FixedFacts;
  readonly #first: Moment;
  #last: Moment;
  #writtenMaster = "";
  #refreshed = Promise.resolve();

  private constructor(
    options: RunFilesOptions,
    masterName: string,
    ports: readonly PortFiles[],
    facts: FixedFacts,
    first: Moment,
  ) {
    this.#options = options;
    this.#masterName = masterName;
    this.#ports = ports;
    this.#facts = facts;
    this.#first = first;
    this.#last = first;
  }

  /**
   * Begin a run with the first free number.
   *
   * @param first  its first frame, which must still be passed to {@link add}
   * @throws {RecordingError} RECORDING_CANNOT_WRITE
   */
  static async begin(options: RunFilesOptions, first: ModuleFrame): Promise<RunFiles> {
    const { folder, name, portCount, framesPerFile } = options;
    const imageBytes = first.rows * MODULE_COLUMNS * BYTES_PER_WORD;
    const facts = runFacts(options, first);
    try {
      const run = await claimNumber(folder, name, rawMaster({ ...facts, frames: 0, periodSeconds: 0 }));
      const onFailure = (fileName: string, error: unknown) =>
        options.onFailure(cannotWrite(`${folder.path}/${fileName}`, error));
      const ports: PortFiles[] = [];
      for (let portIndex = 0; portIndex < portCount; portIndex++) {
        ports.push(
          await PortFiles.create({ folder, name, run, portIndex, imageBytes, framesPerFile, onFailure }),
        );
      }
      return new RunFiles(options, masterFileName({ name, run }), ports, facts, momentOf(first));
    } catch (error) {
      throw cannotWrite(folder.path, error);
    }
  }

  /** Path of the master. */
  get path(): string {
    return `${this.#options.folder.path}/${this.#masterName}`;
  }

  /** Number of each port's frames in the files. */
  get frames(): number[] {
    return this.#ports.map(({ frames }) => frames);
  }

  /** @param done  called once, when the frame's memory is no longer needed */
  add(frame: ModuleFrame, done: () => void): void {
    const fields = frameFields(frame);
    if (frame.portIndex === this.#first.portIndex) this.#last = momentOf(frame);
    const line =
      fields.added === undefined
        ? undefined
        : `{"frameNumber": ${frame.frameNumber}, "addJsonHeader": ${fields.added}}`;
    this.#ports[frame.portIndex]?.add({
      header: rawFrameHeader(frame, fields),
      image: frame.raw,
      line,
      done,
    });
  }

  /** Update the master. If the disk is full, the old one remains valid. */
  refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.then(() => this.#writeMaster()).catch(() => undefined);
    return this.#refreshed;
  }

  /** Write everything that waits, close the files, and update the master. To be called once. */
  async finish(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.close()));
    await this.refresh();
  }

  async #writeMaster(): Promise<void> {
    const frames = this.frames.filter((count) => count > 0);
    const text = rawMaster({
      ...this.#facts,
      // A reader may expect this many of every port; a dead port does not count.
      frames: frames.length === 0 ? 0 : Math.min(...frames),
      periodSeconds: periodSeconds(this.#first, this.#last),
    });
    if (text === this.#writtenMaster) return;
    await this.#options.folder.replace(this.#masterName, text);
    this.#writtenMaster = text;
  }
}

function runFacts({ portCount, framesPerFile }: RunFilesOptions, first: ModuleFrame): FixedFacts {
  const { position, exposureTicks, added } = frameFields(first);
  const [y, x] = position?.detectorPorts ?? [portCount, 1];
  return {
    // Modules that were set up one by one claim to be the only one.
    geometry: x * y === portCount ? { x, y } : { x: 1, y: portCount },
    rows: first.rows,
    framesPerFile,
    startSeconds: first.arrivalSeconds,
    exposureSeconds: (exposureTicks ?? 0) * SECONDS_PER_TICK,
    added,
  };
}

function momentOf({ portIndex, frameNumber, timestampTicks, arrivalSeconds }: ModuleFrame): Moment {
  return { portIndex, frameNumber, timestampTicks, arrivalSeconds };
}

/** From the detector's clock, or without one from the times of arrival. */
function periodSeconds(first: Moment, last: Moment): number {
  const frames = Number(last.frameNumber - first.frameNumber);
  if (frames <= 0) return 0;
  const ticks = Number(last.timestampTicks - first.timestampTicks);
  const seconds = ticks > 0 ? ticks * SECONDS_PER_TICK : last.arrivalSeconds - first.arrivalSeconds;
  return Math.max(seconds, 0) / frames;
}

function cannotWrite(path: string, error: unknown): RecordingError {
  return new RecordingError(
    "RECORDING_CANNOT_WRITE",
    `Cannot write '${path}': ${messageOf(error)}. Make room, or choose another folder. What was written before can be read.`,
    { cause: error },
  );
}
