import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import type { Logger } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";
import { isArray2D, type MonitoredEvent } from "../host/index.js";
import type { EventOutput } from "./event-output.js";
import { writeNpy } from "./npy-file.js";

/** Writes frames as `<event_id>.npy`, or `<event_id>_<name>.npy` if several data sources return frames. */
export class FrameWriter implements EventOutput {
  readonly name = "the disk of --npy";
  readonly #folder: string;
  readonly #logger: Logger;
  #areSeveral = false;
  #hasWarned = false;

  private constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** @throws {HostError} HOST_OUTPUT_FAILED if the folder cannot be created or written to */
  static async open(folder: string, logger: Logger): Promise<FrameWriter> {
    try {
      await makeFolder(folder);
      await access(folder, constants.W_OK);
    } catch (error) {
      throw new HostError(
        "HOST_OUTPUT_FAILED",
        `Cannot write frames to '${folder}': ${messageOf(error)}. Choose another folder with --npy.`,
        { cause: error },
      );
    }
    return new FrameWriter(folder, logger);
  }

  close(): void {}

  /**
   * Frame numbers restart with the detector: an existing file is kept, and the new one gets a number.
   *
   * @throws {HostError} HOST_OUTPUT_FAILED
   */
  async write({ event, data }: MonitoredEvent): Promise<void> {
    const arrays = Object.entries(data).flatMap(([name, array]) =>
      isArray2D(array) ? [{ name, array }] : [],
    );
    this.#areSeveral ||= arrays.length > 1; // also for an event in which one source failed
    for (const { name, array } of arrays) {
      const stem = this.#areSeveral ? `${event.frameNumber}_${name}` : String(event.frameNumber);
      const file = await writeNpy(this.#folder, stem, array);
      if (file === `${stem}.npy` || this.#hasWarned) continue;
      this.#hasWarned = true;
      this.#logger.warn(
        `${stem}.npy exists already: the frame is written as ${file}; the same applies to others`,
      );
    }
  }
}

/** Create a folder if it is missing; not its parents, because on some file systems that loops for ever. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(path)).isDirectory();
    if (!isThere) throw error;
  }
}
