import { parseArgs } from "node:util";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { DarkScene } from "../../src/simulator/dark-scene.js";
import { makeScene } from "../../src/simulator/index.js";
import { aModuleFrame } from "../helpers/module-frames.js";
import { inPackage } from "../helpers/package-root.js";
import { machine, progress, quantile } from "./report.js";

/*
 * How many frames a dark run takes in a second of processor time, and how long it takes to learn what pixels usually read. The frames
 * are in memory, have 1 % bad pixels, and photons on 0.2 %.
 *
 *   npm run bench:dark                              a table
 *   npm run bench:dark -- --beside OTHER/dist       another checkout's, in turns with this one's
 */
const ROUNDS = 5;
const FRAMES = 800;
const DIFFERENT_FRAMES = 24;

const { values } = parseArgs({ options: { beside: { type: "string" } } });
const dists = [
  { name: "this", dist: inPackage("dist") },
  ...(values.beside === undefined ? [] : [{ name: "beside", dist: values.beside }]),
];
const versions = await Promise.all(
  dists.map(async ({ name, dist }) => {
    const { DarkRun } = (await import(
      `${dist}/src/darks/index.js`
    )) as typeof import("../../src/darks/index.js");
    return { name, DarkRun, framesPerSecond: [] as number[], learnMs: [] as number[] };
  }),
);

const { constants } = makeScene({ layout: JUNGFRAU_1M, seed: 3, imageCount: 1, photonEnergyKeV: 12.4 });
const scene = new DarkScene({ constants }, { seed: 7, faultyShare: 0.01, photonShare: 0.002 });
const frames = Array.from({ length: DIFFERENT_FRAMES }, () => {
  const bytes = new Uint8Array(scene.frame(0, false).slice().buffer);
  return JUNGFRAU_1M.places.map(({ moduleIndex: portIndex, firstPixel }) =>
    aModuleFrame({ portIndex, raw: bytes.subarray(2 * firstPixel, 2 * (firstPixel + MODULE_PIXELS)) }),
  );
});

for (let round = 0; round < ROUNDS; round++) {
  for (const { DarkRun, framesPerSecond, learnMs } of versions) {
    const run = new DarkRun({
      portCount: 2,
      layout: JUNGFRAU_1M,
      stages: ["g0"],
      frames: FRAMES,
      skip: 0,
      wrongLimit: 0.01,
    });
    const take = (from: number, to: number) => {
      const start = process.cpuUsage();
      for (let index = from; index < to; index++) {
        for (const frame of frames[index % DIFFERENT_FRAMES] ?? []) run.accept(frame);
      }
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    learnMs.push(take(0, 50));
    framesPerSecond.push(((FRAMES - 50) / take(50, FRAMES)) * 1000);
  }
  progress(`round ${round + 1} of ${ROUNDS}`);
}
progress("");

console.log(`${machine()}, ${ROUNDS} rounds`);
console.table(
  versions.map(({ name, framesPerSecond, learnMs }) => ({
    version: name,
    "frames per CPU second": quantile(framesPerSecond, 0.5).toFixed(0),
    "least to most": `${quantile(framesPerSecond, 0).toFixed(0)} to ${quantile(framesPerSecond, 1).toFixed(0)}`,
    "first 50 frames, CPU ms": quantile(learnMs, 0.5).toFixed(0),
  })),
);
