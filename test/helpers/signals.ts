import type { DataSource, DataSourceDescription } from "../../src/api/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { type CalibrationConstants, constantsInMemory } from "./calibrators.js";
import { parametersOf, registerPlugin } from "./fakes.js";
import type { aDataEvent } from "./module-frames.js";

type Event = ReturnType<typeof aDataEvent>;

/** A source of frames and one of a signal that is made of them, called `signal`. */
export interface SignalUnderTest {
  readonly signal: DataSource<unknown>;
  /** The frame of an event: owned, or borrowed. */
  frame(event: Event, how?: "getData" | "borrowData"): DetectorFrame;
  value(event: Event, how?: "getData" | "borrowData"): unknown;
  describe(): DataSourceDescription | undefined;
}

/** @param keys  of `data_retrieval_layer`, in YAML's braces; the frame's name is `detector_data` */
export async function signalOf(
  factory: string,
  keys: string,
  constants: CalibrationConstants,
): Promise<SignalUnderTest> {
  const { context } = registerPlugin(new Map([[READ_CONSTANTS, constantsInMemory(constants)]]));
  const monitorParameters = parametersOf(
    `data_retrieval_layer: {${keys}}\n` +
      "calibration: {dark_filenames: [d], gain_filenames: [g], photon_energy_kev: 8}\n",
  );
  const build = (name: string, dataSourceName: string) =>
    context.dataSources.get(name)({ dataSourceName, monitorParameters });
  const frames = build("Jungfrau1MZmq", "detector");
  const signal = build(factory, "signal");
  await frames.initializeDataSource();
  await signal.initializeDataSource();
  const frame: SignalUnderTest["frame"] = (event, how = "borrowData") =>
    frames[how]?.({ event }) as DetectorFrame;
  return {
    signal,
    frame,
    value: (event, how) => signal.getData({ event, data: { detector_data: frame(event, how) } }),
    describe: () => signal.describe?.(),
  };
}
