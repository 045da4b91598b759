import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { DetectorLayout } from "../detector.js";
import { CalibrationError, FaultCollector } from "../errors.js";
import type { ConstantsFiles, ConstantsNotes, ConstantsSink } from "./constants.js";
import type { FromReader, ReaderData } from "./reading-thread-messages.js";

/**
 * Read constants in a thread of its own, which ends with that: HDF5 is read without a pause, half a second long. Here each map
 * takes some milliseconds, with turns of the event loop between them.
 *
 * @throws {CalibrationError} the faults of all files together
 */
export async function readInThread(
  layout: DetectorLayout,
  files: ConstantsFiles,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<void> {
  const workerData: ReaderData = { layout, files, withNoise: to.setNoise !== undefined };
  const worker = new Worker(new URL("reading-thread.js", import.meta.url), { workerData });
  const faults = new FaultCollector();
  worker.on("message", (message: FromReader) => {
    if (message.type === "faults") {
      for (const { code, text } of message.faults) faults.add(new CalibrationError(code, text));
    } else {
      pass(message, to, notes);
    }
  });
  await once(worker, "exit"); // rejects with an error that is not ours
  faults.throwIfAny();
}

function pass(message: FromReader, to: ConstantsSink, notes: ConstantsNotes): void {
  switch (message.type) {
    case "pedestals":
      to.setPedestals(message.moduleIndex, message.stage, message.map);
      break;
    case "gains":
      to.setGains(message.moduleIndex, message.stage, message.map);
      break;
    case "noise":
      to.setNoise?.(message.moduleIndex, message.stage, message.map);
      break;
    case "mask":
      to.addMask(message.moduleIndex, message.map);
      break;
    case "info":
    case "warn":
      notes[message.type](message.note, message.file);
      break;
    case "recorded":
      notes.recorded?.(message.record, message.file);
  }
}
