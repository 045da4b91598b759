import { parentPort, workerData } from "node:worker_threads";
import { faultsOf, isMonitorError } from "../errors.js";
import type { ConstantsNotes, ConstantsSink } from "./constants.js";
import { constantsReader } from "./read-constants.js";
import type { FromReader, ReaderData } from "./reading-thread-messages.js";

/*
 * Reads constants beside a monitor that goes on with frames, and ends.
 */
const port = parentPort;
if (port === null) throw new Error("This file is run as a worker thread.");
const { layout, files, withNoise } = workerData as ReaderData;
const say = (message: FromReader) => port.postMessage(message, "map" in message ? [message.map.buffer] : []);

/** A copy: what a sink is given may be used for the next map. */
const copyOf = (map: ArrayLike<number>) => new Float64Array(map);

const sink: ConstantsSink = {
  setPedestals: (moduleIndex, stage, map) => say({ type: "pedestals", moduleIndex, stage, map: copyOf(map) }),
  setGains: (moduleIndex, stage, map) => say({ type: "gains", moduleIndex, stage, map: copyOf(map) }),
  addMask: (moduleIndex, map) => say({ type: "mask", moduleIndex, map: copyOf(map) }),
  ...(withNoise && {
    setNoise: (moduleIndex, stage, map) => say({ type: "noise", moduleIndex, stage, map: copyOf(map) }),
  }),
};
const notes: ConstantsNotes = {
  info: (note, file) => say({ type: "info", note, file }),
  warn: (note, file) => say({ type: "warn", note, file }),
  recorded: (record, file) => say({ type: "recorded", record, file }),
};

try {
  await constantsReader(layout)(files, sink, notes);
} catch (error) {
  if (!isMonitorError(error)) throw error;
  say({ type: "faults", faults: faultsOf(error).map(({ code, message: text }) => ({ code, text })) });
}
