import { parentPort, workerData } from "node:worker_threads";
import type { DetectorLayout } from "../detector.js";
import type { ErrorCode } from "../error-codes.js";
import { faultsOf, isMonitorError } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsSink, DarkRecord } from "./constants.js";
import { readConstants } from "./read-constants.js";

/** What the thread is started with. */
export interface ReaderData {
  readonly layout: DetectorLayout;
  readonly files: ConstantsFiles;
  /** One map, [512, 1024], at a time: shared memory. */
  readonly map: Float64Array;
  /** How many maps the receiving thread has taken. The reader waits until it is done with the last one. */
  readonly taken: Int32Array;
  /** Whether the sink takes noise. */
  readonly withNoise: boolean;
}

/** The sink's method and arguments that a map is for. */
export type MapAddress = {
  [Method in keyof Required<ConstantsSink>]: readonly [
    Method,
    ...DropLast<Parameters<Required<ConstantsSink>[Method]>>,
  ];
}[keyof ConstantsSink];

type DropLast<T extends readonly unknown[]> = T extends readonly [...infer Rest, unknown] ? Rest : never;

/** From the thread. */
export type FromReader =
  /** `map` holds a map. */
  | { readonly type: "map"; readonly address: MapAddress }
  | {
      readonly type: "note";
      readonly level: "info" | "warn";
      readonly note: string;
      readonly file: ConstantsFile | undefined;
    }
  | { readonly type: "recorded"; readonly record: DarkRecord; readonly file: ConstantsFile }
  /** The last message: all faults. */
  | {
      readonly type: "end";
      readonly faults: readonly { readonly code: ErrorCode; readonly message: string }[];
    };

const port = parentPort;
if (port === null) throw new Error("This file is run as a worker thread.");
const { layout, files, map: sharedMap, taken, withNoise } = workerData as ReaderData;
const say = (message: FromReader) => port.postMessage(message);

let written = 0;
function pass(address: MapAddress, map: ArrayLike<number>): void {
  sharedMap.set(map);
  say({ type: "map", address });
  Atomics.wait(taken, 0, written);
  written += 1;
}

const sink: ConstantsSink = {
  setPedestals: (moduleIndex, stage, map) => pass(["setPedestals", moduleIndex, stage], map),
  setGains: (moduleIndex, stage, map) => pass(["setGains", moduleIndex, stage], map),
  addMask: (moduleIndex, map) => pass(["addMask", moduleIndex], map),
  ...(withNoise && {
    setNoise: (moduleIndex, stage, map) => pass(["setNoise", moduleIndex, stage], map),
  }),
};

try {
  await readConstants(layout, files, sink, {
    info: (note, file) => say({ type: "note", level: "info", note, file }),
    warn: (note, file) => say({ type: "note", level: "warn", note, file }),
    recorded: (record, file) => say({ type: "recorded", record, file }),
  });
  say({ type: "end", faults: [] });
} catch (error) {
  if (!isMonitorError(error)) throw error;
  say({ type: "end", faults: faultsOf(error).map(({ code, message }) => ({ code, message })) });
}
