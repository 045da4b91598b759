import { CREATE_KERNEL, kernelCreator } from "../../src/calibration/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { DEFAULT_SCENE, makeScene } from "../../src/simulator/index.js";
import { constantsInMemory } from "../helpers/calibrators.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { aDataEvent } from "../helpers/module-frames.js";
import { quantile } from "./report.js";

/** The scene whose constants all ways have. */
export const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 1 });
/** Its frame: a few pixels in G1 and G2. */
export const typical: Uint16Array = (scene.images[0] as (typeof scene.images)[number]).raw;

/** One thing to do with an event: makes ready, and returns what is to be timed. */
export type Way = (event: ReturnType<typeof aDataEvent>) => () => unknown;

/** What the data source offers, on one kernel. */
export async function sourceWays(path: "simd" | "scalar"): Promise<Record<string, Way>> {
  const { context } = registerPlugin(
    new Map<symbol, unknown>([
      [READ_CONSTANTS, constantsInMemory(scene.constants)],
      [CREATE_KERNEL, kernelCreator(JUNGFRAU_1M, path)],
    ]),
  );
  const build = async (keys: string) => {
    const yaml = `
data_retrieval_layer: {${keys}}
calibration: {dark_filenames: [none], gain_filenames: [none], photon_energy_kev: ${scene.photonEnergyKeV}}
`;
    const source = context.dataSources.get("Jungfrau1MZmq")({
      dataSourceName: "detector",
      monitorParameters: parametersOf(yaml),
    });
    await source.initializeDataSource();
    return source;
  };
  const source = await build("");
  const tracking = await build("detector_pedestal_tracking: true");
  return {
    borrowed: (event) => () => source.borrowData?.({ event }),
    tracked: (event) => () => tracking.borrowData?.({ event }),
    owned: (event) => () => source.getData({ event }),
    statistics: (event) => {
      const frame = source.borrowData?.({ event }) as DetectorFrame;
      return () => frame.statistics();
    },
  };
}

/** How long the kernel takes of a typical frame, in memory that it lends. */
export async function kernelMs(): Promise<number> {
  const { borrowed } = (await sourceWays("simd")) as { borrowed: Way };
  const calibrate = borrowed(aDataEvent({ words: typical }));
  const times = Array.from({ length: 150 }, () => {
    const start = performance.now();
    calibrate();
    return performance.now() - start;
  });
  return quantile(times.slice(50), 0.5); // the first ones are compiled
}
