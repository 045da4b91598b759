import type { RecordingError } from "../../errors.js";
import type { ModuleFrame } from "../../stream/index.js";
import type { OutputFolder } from "./output-folder.js";
import { RunFiles } from "./run-files.js";
import { RunOrder } from "./run-order.js";

/** A recording that was made from kept frames. */
export interface SavedExposures {
  /** Path of its master; of the newest, if frame numbers restarted. */
  readonly path: string;
  readonly exposures: number;
}

/** An exposure in its own memory. */
interface KeptExposure {
  readonly memory: Uint8Array;
  readonly frames: readonly ModuleFrame[];
}

/** Holds copies of the frames of the last exposures, and writes them as a recording. An exposure takes 2 MiB. */
export class FrameRing {
  /** Maximum number of exposures. */
  readonly size: number;
  /** Oldest first. */
  readonly #kept: KeptExposure[] = [];
  #saving: Promise<SavedExposures> | undefined;

  constructor(size: number) {
    this.size = size;
  }

  /**
   * Copy the frames of an exposure over the oldest; does nothing while a recording is being written.
   *
   * @param frames  of all ports; borrowed until the call returns
   */
  add(frames: readonly ModuleFrame[]): void {
    if (this.#saving !== undefined || frames.length === 0) return;
    const sizeBytes = frames.reduce((sum, { raw }) => sum + raw.length, 0);
    const oldest = this.#kept.length < this.size ? undefined : this.#kept.shift();
    const memory = oldest?.memory.length === sizeBytes ? oldest.memory : new Uint8Array(sizeBytes);
    let at = 0;
    const copies = frames.map((frame): ModuleFrame => {
      const raw = memory.subarray(at, at + frame.raw.length);
      raw.set(frame.raw);
      at += raw.length;
      const { release, header, ...fields } = frame;
      return { ...fields, raw, ...(header !== undefined && { header: header.slice() }) };
    });
    this.#kept.push({ memory, frames: copies });
  }

  /**
   * Write the kept exposures as a recording, `kept_master_0.json` or the next free number. A second call meanwhile
   * returns the same recording.
   *
   * @returns undefined if there are none
   * @throws {RecordingError} RECORDING_CANNOT_WRITE
   */
  async save(folder: OutputFolder, framesPerFile: number): Promise<SavedExposures | undefined> {
    if (this.#kept.length === 0) return undefined;
    this.#saving ??= this.#write(folder, framesPerFile).finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #write(folder: OutputFolder, framesPerFile: number): Promise<SavedExposures> {
    const order = new RunOrder();
    const runs: RunFiles[] = [];
    let failure: RecordingError | undefined;
    const onFailure = (error: RecordingError) => {
      failure ??= error;
    };
    for (const { frames } of this.#kept) {
      for (const frame of frames.filter(({ missing }) => missing !== true)) {
        const run = order.runOf(frame);
        if (run === undefined) continue;
        const options = { folder, name: "kept", portCount: frames.length, framesPerFile, onFailure };
        while (runs.length <= run) runs.push(await RunFiles.begin(options, frame));
        runs[run]?.add(frame, () => undefined);
      }
    }
    await Promise.all(runs.map((run) => run.finish()));
    if (failure !== undefined) throw failure;
    return { path: runs.at(-1)?.path ?? "", exposures: this.#kept.length };
  }
}
