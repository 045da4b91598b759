import type { ModuleFrame } from "../../stream/index.js";
import { RunFiles, type RunFilesOptions } from "./run-files.js";

/** The runs of a recording, one after the other. The newest two are open, because a frame belongs to one of them. */
export class RecordedRuns {
  readonly #options: Omit<RunFilesOptions, "portCount">;
  /** Every run, from the first. */
  readonly #runs: Promise<RunFiles>[] = [];
  /** Runs whose files exist. */
  readonly #begun: RunFiles[] = [];
  #finished = 0;

  constructor(options: Omit<RunFilesOptions, "portCount">) {
    this.#options = options;
  }

  /** Paths of the masters. */
  get masters(): string[] {
    return this.#begun.map(({ path }) => path);
  }

  /** Number of a port's frames in the files. */
  framesOf(portIndex: number): number {
    return this.#begun.reduce((sum, { frames }) => sum + (frames[portIndex] ?? 0), 0);
  }

  /**
   * The files of a run. If they do not exist yet, the run begins with this frame.
   *
   * @throws {RecordingError} RECORDING_CANNOT_WRITE
   */
  filesOf(run: number, frame: ModuleFrame, portCount: number): Promise<RunFiles> {
    while (this.#runs.length <= run) {
      const begins = RunFiles.begin({ ...this.#options, portCount }, frame);
      this.#runs.push(begins);
      begins.then((begun) => this.#begun.push(begun), this.#options.onFailure);
    }
    void this.#finish(this.#runs.length - 2);
    return this.#runs[run] as Promise<RunFiles>;
  }

  /** Update the masters. */
  refresh(): void {
    for (const run of this.#begun.slice(this.#finished)) void run.refresh();
  }

  /** Write everything that waits, and close the files. */
  finish(): Promise<void> {
    return this.#finish(this.#runs.length);
  }

  async #finish(count: number): Promise<void> {
    const ended = this.#runs.slice(this.#finished, Math.max(count, this.#finished));
    this.#finished += ended.length;
    // A run that could not begin has already been reported.
    await Promise.all(ended.map((run) => run.then((begun) => begun.finish()).catch(() => undefined)));
  }
}
