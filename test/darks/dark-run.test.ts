import test from "ava";
import {
  type BadDarkReason,
  DarkRun,
  type DarkRunOptions,
  type Darks,
  maskBit,
} from "../../src/darks/index.js";
import { JUNGFRAU_1M, layoutOf, MODULE_PIXELS } from "../../src/detector.js";
import { DARK_NOISE, DarkScene, type DarkSceneOptions } from "../../src/simulator/dark-scene.js";
import { makeScene } from "../../src/simulator/index.js";
import { daqInfo, gainMode } from "../../src/stream/gain-mode.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame } from "../helpers/module-frames.js";
import { sameValues } from "../helpers/same-values.js";

const STAGES = ["g0", "g1", "g2"] as const;
/** Enough to count noise of: where each module of a detector stands is seen in frames of few words. */
const ONE_MODULE = layoutOf("JUNGFRAU 0.5M", 1);
const { constants } = makeScene({ layout: ONE_MODULE, seed: 3, imageCount: 1, photonEnergyKeV: 12.4 });
const MODULES = [0, MODULE_PIXELS].map((start) => ({ start, pixels: MODULE_PIXELS }));
const OPTIONS: DarkRunOptions = {
  portCount: 2,
  layout: JUNGFRAU_1M,
  stages: STAGES,
  frames: 1000,
  skip: 0,
  wrongLimit: 0.01,
};

/** A frame of each module. */
function halves(words: Uint16Array, fields: Partial<ModuleFrame> = {}): ModuleFrame[] {
  return MODULES.map(({ start, pixels }, portIndex) => {
    const raw = new Uint8Array(words.buffer, 2 * start, 2 * pixels);
    return aModuleFrame({ portIndex, raw, ...fields });
  });
}

const forced = (stage: number) =>
  gainMode(
    daqInfo({
      highGain: false,
      fixedStage: undefined,
      forcedStage: stage === 0 ? undefined : (stage as 1 | 2),
    }),
  );

/** A run of one module of so many frames a stage; every 40th frame was taken with the shutter open. */
function darksOf(scene: DarkScene, frames: number): Darks {
  const run = new DarkRun({ ...OPTIONS, portCount: 1, layout: ONE_MODULE });
  for (const stage of [0, 1, 2] as const) {
    for (let index = 0; index < frames; index++) {
      const words = scene.frame(stage, index % 40 === 39);
      run.accept(aModuleFrame({ raw: new Uint8Array(words.buffer), gainMode: forced(stage) }));
    }
  }
  return run.result();
}

const scene = (options: Partial<DarkSceneOptions> = {}) =>
  new DarkScene({ constants }, { seed: 7, faultyShare: 0.01, photonShare: 0.002, ...options });

test("means are within three standard errors, and every bad pixel is found with its reason", (t) => {
  const dark = scene();
  const frames = 120;
  const { stages, mask, refused } = darksOf(dark, frames);
  t.deepEqual(
    stages.map(({ stage }) => stage),
    [...STAGES],
  );
  t.like(refused, { notDark: 3 * 3, mixed: 0, otherStage: 0 });
  const good = (pixel: number) => !dark.faults.has(pixel);
  for (const [index, { stage, mean, rms, samples, frames: counted }] of stages.entries()) {
    t.is(counted, frames - 3);
    const sigma = DARK_NOISE[index] as number;
    let far = 0;
    let sumRms = 0;
    let looked = 0;
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      if (!good(pixel)) continue;
      looked++;
      const truth = dark.pedestals[index * MODULE_PIXELS + pixel] as number;
      const error = Math.abs((mean[pixel] as number) - truth);
      if (error > (3 * (rms[pixel] as number)) / Math.sqrt(samples[pixel] as number)) far++;
      sumRms += rms[pixel] as number;
    }
    // Of normal errors, 0.27 % are further; rms is not known better than to 7 % with 117 samples.
    t.true(far / looked < 0.005, `${stage}: ${far} of ${looked}`);
    t.true(Math.abs(sumRms / looked - sigma) < 0.03 * sigma + 0.05, `${stage}: rms ${sumRms / looked}`);
  }
  const has = (pixel: number, reason: BadDarkReason) =>
    STAGES.some((stage) => ((mask[pixel] as number) & maskBit(reason, stage)) !== 0);
  const missed = [...dark.faults].filter(([pixel, fault]) => !has(pixel, fault));
  t.deepEqual(missed, []);
  let masked = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] !== 0 && good(pixel)) masked += 1;
  t.true(masked < 10, `${masked} good pixels are masked`);
});

const WORDS = new Uint16Array(JUNGFRAU_1M.pixels).map((_, pixel) => 2500 + (pixel % 7));
const inStage = (code: number) => WORDS.map((word) => (code << 14) | word);
const header = (entries: object) => new TextEncoder().encode(JSON.stringify(entries));

/** A run that has taken these frames. */
function runOf(frames: readonly ModuleFrame[], options: Partial<DarkRunOptions> = {}): DarkRun {
  const run = new DarkRun({ ...OPTIONS, ...options });
  for (const frame of frames) run.accept(frame);
  return run;
}

test("the stage is that of most words where the header does not say, and HG0 is high gain", (t) => {
  const high = gainMode(daqInfo({ highGain: true, fixedStage: undefined, forcedStage: undefined }));
  const run = runOf([
    ...halves(inStage(0)),
    ...halves(inStage(1)),
    ...halves(inStage(3)),
    ...halves(inStage(0), { gainMode: high }),
  ]);
  t.deepEqual(
    run.progress().map(({ stage, frames }) => [stage, frames]),
    [
      ["g0", 1],
      ["g1", 1],
      ["g2", 1],
      ["hg0", 1],
    ],
  );
});

test("frames that are not what their header says, of no stage, torn, or of another exposure time, do not count", (t) => {
  const mixed = WORDS.map((word, pixel) => ((pixel % 3 === 2 ? 3 : pixel % 3) << 14) | word);
  let released = 0;
  const release = () => {
    released += 1;
  };
  const run = runOf([
    ...halves(inStage(0), { gainMode: forced(1), release }),
    ...halves(mixed, { release }),
    ...halves(inStage(0), { complete: false, release }),
    ...halves(inStage(0), { header: header({ expLength: 100 }), release }),
    ...halves(inStage(0), { header: header({ expLength: 200 }), release }),
  ]);
  t.deepEqual(run.refused, {
    skipped: 0,
    incomplete: 2,
    otherStage: 2,
    mixed: 2,
    exposureTime: 2,
    notDark: 0,
  });
  t.is(released, 10);
  t.is(run.result().exposureTime, 100);
});

test("the first frames of each stage are skipped, and a stage is complete with its frames on every port", (t) => {
  const run = new DarkRun({ ...OPTIONS, stages: ["g0"], frames: 3, skip: 2 });
  const [top, bottom] = halves(inStage(0)) as [ModuleFrame, ModuleFrame];
  for (let index = 0; index < 5; index++) run.accept(top);
  for (let index = 0; index < 4; index++) {
    run.accept(bottom);
    t.false(run.isComplete);
  }
  run.accept(bottom);
  t.true(run.isComplete);
  t.is(run.refused.skipped, 4);
  const [stage] = run.result().stages;
  t.is(stage?.frames, 3);
  // Each pixel in its place.
  if (stage !== undefined) sameValues(t, Float32Array.from(stage.mean), Float32Array.from(WORDS));
});

test("a run of pedestalmode is sorted by the header, and ends with its last frame", (t) => {
  const [frames, loops] = [5, 4];
  const run = new DarkRun({ ...OPTIONS, skip: 5 });
  const stageOf = (index: number) => (index % frames === frames - 1 ? (index < frames * loops ? 1 : 2) : 0);
  for (let index = 0; index < 2 * frames * loops; index++) {
    t.false(run.isComplete);
    const added = { pedestal: "true", pedestal_frames: String(frames), pedestal_loops: String(loops) };
    const fields = { header: header({ frameIndex: index, addJsonHeader: added }) };
    for (const frame of halves(inStage([0, 1, 3][stageOf(index)] as number), fields)) run.accept(frame);
  }
  t.true(run.isComplete);
  t.deepEqual(
    run.progress().map(({ frames: counted }) => counted),
    [28, 3, 4],
  );
  t.is(run.refused.skipped, 10);
});

test("a stage of which one module brought nothing says so by its pixels", (t) => {
  const [top] = halves(inStage(0)) as [ModuleFrame];
  const run = runOf([top, top, top, top, top, top], { stages: ["g0"] });
  t.deepEqual(run.progress(), [{ stage: "g0", frames: 0, without: JUNGFRAU_1M.pixels }]);
  const { stages, mask } = run.result();
  t.deepEqual([stages[0]?.mean[3], stages[0]?.samples[3]], [2503, 6]);
  t.deepEqual([stages[0]?.mean[MODULE_PIXELS], stages[0]?.samples[MODULE_PIXELS]], [0, 0]);
  t.is((mask[MODULE_PIXELS] as number) & maskBit("noSamples", "g0"), maskBit("noSamples", "g0"));
  t.is((mask[3] as number) & maskBit("noSamples", "g0"), 0);
});
