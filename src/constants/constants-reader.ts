import { Worker } from "node:worker_threads";
import { type DetectorLayout, MODULE_PIXELS } from "../detector.js";
import { CalibrationError, FaultCollector } from "../errors.js";
import type { ConstantsNotes, ConstantsSink, ReadConstants } from "./constants.js";
import type { FromReader, MapAddress, ReaderData } from "./reader-thread.js";

/**
 * Reads the constants of a detector: dark files, gain files, and mask files if there are any; one per module in
 * module order, or a single one for the whole detector. The format of each is recognised from its content.
 *
 * They are read in a thread, so that the caller's thread stays free for signals and events: HDF5 blocks for as long as the
 * disk takes. When the thread ends, the memory of HDF5 is freed, too; it would otherwise keep its state of a damaged file, even
 * after a good one has replaced it. Maps are passed one at a time through 4 MB of shared memory.
 */
export function constantsReader(layout: DetectorLayout): ReadConstants {
  return (files, to, notes) => {
    const map = new Float64Array(new SharedArrayBuffer(MODULE_PIXELS * Float64Array.BYTES_PER_ELEMENT));
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const withNoise = to.setNoise !== undefined;
    return new ReaderThread({ layout, files, map, taken, withNoise }, to, notes).ended;
  };
}

class ReaderThread {
  readonly ended: Promise<void>;
  readonly #data: ReaderData;
  readonly #to: ConstantsSink;
  readonly #notes: ConstantsNotes;
  readonly #faults = new FaultCollector();

  constructor(data: ReaderData, to: ConstantsSink, notes: ConstantsNotes) {
    this.#data = data;
    this.#to = to;
    this.#notes = notes;
    // Options of this process, such as --input-type, may not fit a file.
    const worker = new Worker(new URL("reader-thread.js", import.meta.url), {
      workerData: data,
      execArgv: [],
    });
    this.ended = new Promise((resolve, reject) => {
      worker.on("message", (message: FromReader) => {
        try {
          if (this.#listen(message)) resolve();
        } catch (error) {
          reject(error);
          void worker.terminate();
        }
      });
      worker.on("error", reject);
      worker.on("exit", () =>
        reject(new Error("The thread that reads constants ended before it had read them.")),
      );
    });
  }

  /** @returns whether that was the last message @throws what was wrong with the files, and what the sink throws */
  #listen(message: FromReader): boolean {
    switch (message.type) {
      case "map":
        this.#take(message.address);
        return false;
      case "note":
        this.#notes[message.level](message.note, message.file);
        return false;
      case "recorded":
        this.#notes.recorded?.(message.record, message.file);
        return false;
      case "end":
        for (const { code, message: text } of message.faults)
          this.#faults.add(new CalibrationError(code, text));
        this.#faults.throwIfAny();
        return true;
    }
  }

  #take(address: MapAddress): void {
    const { map, taken } = this.#data;
    if (address[0] === "addMask") this.#to.addMask(address[1], map);
    else this.#to[address[0]]?.(address[1], address[2], map);
    Atomics.add(taken, 0, 1);
    Atomics.notify(taken, 0);
  }
}
