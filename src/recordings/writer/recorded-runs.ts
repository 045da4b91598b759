import type { ModuleFrame } from "../../stream/index.js";
import { RunFiles, type RunFilesOptions } from "./run-files.js";

/** The runs of a recording, one after the other. The newest two are open: frames belong to one of them. */
export class RecordedRuns {
  readonly #options: Omit<RunFilesOptions, "portCount">;
  /** Every run, from the first. */
  readonly #runs: Promise<RunFiles>[] = [];
  /** Those whose files are there. */
  readonly #begun: RunFiles[] = [];
  #finished = 0;

  constructor(options: Omit<RunFilesOptions, "portCount">) {
    this.#options = options;
  }

  /** Paths of the masters. */
  get masters(): string[] {
    return this.#begun.map(({ path }) => path);
  }

  /** Frames of a port that are in the files. */
  framesOf(portIndex: number): number {
    return this.#begun.reduce((sum, { frames }) => sum + (frames[portIndex] ?? 0), 0);
  }

  /**
   * The files of a run, which begins with this frame if they are not there yet.
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

  /** Bring the masters up to date. */
  refresh(): void {
    for (const run of this.#begun.slice(this.#finished)) void run.refresh();
  }

  /** Write all that waits, and close the files. */
  finish(): Promise<void> {
    return this.#finish(this.#runs.length);
  }

  async #finish(count: number): Promise<void> {
    const ended = this.#runs.slice(this.#finished, Math.max(count, this.#finished));
    this.#finished += ended.length;
    // One that could not begin has been reported.
    await Promise.all(ended.map((run) => run.then((begun) => begun.finish()).catch(() => undefined)));
  }
}
