import "../helpers/without-coverage.js";
import test from "ava";
import fc from "fast-check";
import { Calibrator, type Kernel, kernelCreator } from "../../src/calibration/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { DEFAULT_SCENE, makeScene } from "../../src/simulator/index.js";
import { NormalRandom, SeededRandom, seededRandom } from "../../src/simulator/random.js";
import { flatConstants, flatHighGain, giveConstants, PHOTONS } from "../helpers/calibrators.js";
import { sameValues } from "../helpers/same-values.js";

const { pixels: PIXELS, places } = JUNGFRAU_1M;
const BOTH = [true, true];
const NORMAL_GAIN = [false, false];
const FLAT = flatConstants();
/** Frames until each pixel has been followed once. */
const ROUND = 8;
/** Frames until the noise is known that a dark file does not have. */
const LEARNING = 200 * ROUND;

function kernelOf(path: "simd" | "scalar"): Promise<Kernel> {
  return kernelCreator(
    JUNGFRAU_1M,
    path,
  )(() => {
    throw new Error("another kernel than was asked for");
  });
}

interface Options {
  readonly constants?: Parameters<typeof giveConstants>[0];
  readonly limitAdu?: number | undefined;
  /** ADU, of each pixel; undefined where the dark file has none. */
  readonly rms?: number | undefined;
  readonly unit?: "photons" | "adu";
}

/** A calibrator, and the words of the frame that it calibrates. */
async function tracking(options: Options = {}) {
  const { constants, limitAdu, rms, unit } = {
    constants: FLAT,
    limitAdu: 100,
    unit: "adu" as const,
    ...options,
  };
  const kernel = await kernelOf("simd");
  const calibrator = new Calibrator(kernel, {
    ...PHOTONS,
    photonEnergyKeV: DEFAULT_SCENE.photonEnergyKeV,
    unit,
    trackingLimitAdu: limitAdu,
  });
  giveConstants(constants, calibrator);
  if (rms !== undefined) {
    const map = new Float32Array(MODULE_PIXELS).fill(rms);
    for (const { moduleIndex } of places) {
      calibrator.setNoise?.(moduleIndex, "g0", map);
      calibrator.setNoise?.(moduleIndex, "hg0", map);
    }
  }
  calibrator.finishConstants();
  const words = new Uint16Array(PIXELS);
  const parts = [{ raw: new Uint8Array(words.buffer), firstRow: 0 }];
  return {
    calibrator,
    words,
    g0: kernel.pedestals[0],
    hg0: kernel.pedestals[3],
    see: (frames: number, { highGain = NORMAL_GAIN, tracked = BOTH } = {}) => {
      for (let i = 0; i < frames; i++) calibrator.calibrate(parts, highGain, tracked);
    },
  };
}

const word = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 2300, max: 2700 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0x3fff, 0x4000, 0x49c4, 0x8000, 0xc000, 0xffff) },
);
const pedestal = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 2300, max: 2700, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, 16383) },
);
const spread = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 1e-6, max: 50, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.POSITIVE_INFINITY) },
);
const pixel = fc.record({ word, pedestal, file: pedestal, spread });

test("SIMD and scalar kernel follow any words in the same way, bit for bit", async (t) => {
  const kernels = [await kernelOf("simd"), await kernelOf("scalar")] as const;
  const row = 512;
  const count = JUNGFRAU_1M.columns;
  const start = row * count;
  fc.assert(
    fc.property(
      fc.array(pixel, { minLength: 100, maxLength: 200 }),
      fc.boolean(),
      fc.constantFrom("track" as const, "learn" as const),
      fc.double({ min: 1e-4, max: 0.3, noNaN: true }),
      fc.constantFrom(3, 100),
      (some, highGain, step, gain, limit) => {
        const [setting, stage] = highGain ? ([1, 3] as const) : ([0, 0] as const);
        const [simd, scalar] = kernels.map((kernel) => {
          const raw = new Uint16Array(kernel.raw.buffer, kernel.raw.byteOffset, PIXELS);
          const planes = [
            kernel.pedestals[stage],
            kernel.filePedestals[setting],
            kernel.windows[setting],
          ] as const;
          for (let i = 0; i < count; i++) {
            const one = some[i % some.length] as (typeof some)[number];
            raw[start + i] = one.word;
            planes[0][start + i] = one.pedestal;
            planes[1][start + i] = one.file;
            planes[2][start + i] = one.spread;
          }
          for (let i = 0; i < 3; i++) {
            if (step === "track") kernel.track(row, 1, highGain, gain, limit);
            else kernel.learn(row, 1, highGain, gain);
          }
          // One NaN is as good as another.
          const valuesOf = (plane: Float32Array) =>
            plane.map((value) => (Number.isNaN(value) ? Number.NaN : value));
          return planes.map((plane) => valuesOf(plane.subarray(start, start + count)));
        }) as [Float32Array[], Float32Array[]];
        for (const [plane, values] of simd.entries()) sameValues(t, values, scalar[plane] as Float32Array);
        for (const [i, { word: bits, pedestal: before }] of some.entries()) {
          if (bits >= 0x4000 || step === "learn") t.true(Object.is(simd[0]?.[i], Math.fround(before)));
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a word moves its pedestal by a thousandth of the way, more of it the nearer it is", async (t) => {
  const { words, g0, see } = await tracking({ rms: 8 });
  const distances = [1, -1, 20, -20, 40, 41, -500];
  for (const [i, distance] of distances.entries()) words[i] = 2500 + distance;
  see(1);
  // An eighth of the frames, each eight times: 8 / 1000 / 0.784 of the way.
  const expected = distances.map((d) => (8 / 784) * d * Math.max(0, 1 - (d / 40) ** 2) ** 2);
  for (const [i, drift] of expected.entries()) t.true(Math.abs((g0[i] as number) - 2500 - drift) < 1e-3);
  see(2 * ROUND);
  t.true((g0[0] as number) > 2500.015);
});

test("what is masked, switched, saturated or missing is not followed, nor a module that is not to be", async (t) => {
  const masked = new Uint8Array(PIXELS);
  masked[0] = 1;
  const { words, g0, see } = await tracking({ constants: { ...FLAT, masked }, rms: 5000 });
  words.fill(2510);
  words.set([2510, 0x4000 | 2510, 0x8000 | 2510, 0xc000, 0xffff]);
  see(4 * ROUND, { tracked: [true, false] });
  t.deepEqual([...g0.subarray(0, 5)], [Number.NaN, 2500, 2500, 2500, 2500]);
  t.true((g0[5] as number) > 2500.3);
  t.is(g0[MODULE_PIXELS], 2500);
});

test("in high gain the pedestals of HG0 follow, and those of G0 stay", async (t) => {
  const { words, g0, hg0, see, calibrator } = await tracking({
    constants: { ...FLAT, highGain: flatHighGain() },
    rms: 8,
  });
  words.fill(2010, 0, MODULE_PIXELS);
  words.fill(2510, MODULE_PIXELS);
  see(ROUND, { highGain: [true, false] });
  t.true((hg0[0] as number) > 2000.05);
  t.is(g0[0], 2500);
  t.is(hg0[MODULE_PIXELS], 2000);
  t.true((g0[MODULE_PIXELS] as number) > 2500.05);
  const drifts = calibrator.drift()?.map(({ meanAdu }) => meanAdu) ?? [];
  t.true(drifts.every((meanAdu) => meanAdu > 0.05 && meanAdu < 0.2));
});

test("pedestals stop at the limit, and go back to the files' at a reset", async (t) => {
  const { words, g0, see, calibrator } = await tracking({ rms: 8, limitAdu: 5 });
  words.fill(2520);
  words[1] = 2480;
  see(200 * ROUND);
  t.deepEqual([g0[0], g0[1]], [2505, 2495]);
  t.like(calibrator.drift()?.[0], { worstAdu: 5 });
  calibrator.resetTracking();
  t.deepEqual([g0[0], g0[1]], [2500, 2500]);
  t.deepEqual(calibrator.drift(), [
    { meanAdu: 0, worstAdu: 0 },
    { meanAdu: 0, worstAdu: 0 },
  ]);
});

test("without a limit nothing follows, and no noise is asked for", async (t) => {
  const kernel = await kernelOf("simd");
  const calibrator = new Calibrator(kernel, PHOTONS);
  t.is(calibrator.setNoise, undefined);
  t.is(calibrator.drift(), undefined);
});

/** Noise in runs from a table: a frame has a million pixels. */
function noiseOf(sigma: number, seed: number): (into: Float32Array) => void {
  const random = new SeededRandom(seed);
  const normal = new NormalRandom(random);
  const run = 256;
  const table = new Float32Array(2 ** 16 + run).map(() => sigma * normal.next());
  const mean = table.reduce((sum, value) => sum + value, 0) / table.length;
  for (let i = 0; i < table.length; i++) table[i] = (table[i] as number) - mean;
  return (into) => {
    for (let start = 0; start < into.length; start += run) {
      const from = Math.floor(random.uniform() * 2 ** 16);
      into.set(table.subarray(from, from + Math.min(run, into.length - start)), start);
    }
  };
}

test("noise that the dark file does not have is found from 200 samples, photons and an old pedestal among them", async (t) => {
  const { words, g0, see, calibrator } = await tracking();
  const random = seededRandom(5);
  const noise = new Float32Array(PIXELS);
  const draw = noiseOf(4, 6);
  // Of a number that has nothing in common with the frames after which a pixel has its turn.
  const frames = Array.from({ length: 31 }, () => {
    draw(noise);
    // A fifth of the frames of some pixels has a photon.
    const raw = new Uint16Array(PIXELS);
    for (let i = 0; i < PIXELS; i++) {
      raw[i] = i < 1000 && random() < 0.2 ? 3000 : 2510.5 + (noise[i] as number);
    }
    return raw;
  });
  for (let frame = 0; frame < LEARNING; frame++) {
    words.set(frames[frame % frames.length] as Uint16Array);
    see(1);
  }
  t.is(g0[0], 2500, "nothing follows before");
  // Within five times the noise of 4 ADU, and not within eight times.
  words.fill(2500 + 16, 0, MODULE_PIXELS);
  words.fill(2500 + 32, MODULE_PIXELS);
  see(ROUND);
  const [near = 0, far = 0] = calibrator.drift()?.map(({ meanAdu }) => meanAdu) ?? [];
  t.true(near > 0.002, `${near}`);
  t.true(far < 1e-4, `${far}`);
});

/**
 * Four minutes at 10 Hz, in which pedestals rise by 20 ADU an hour, with rings and spots of 12.4 keV and charge that neighbours
 * share.
 */
const HZ = 10;
const FRAMES = 240 * HZ;
const ADU_PER_FRAME = 20 / 3600 / HZ;
const NOISE = 3;
const SPOT_PHOTONS = 8;

test("with 20 ADU an hour and photons on it, pedestals stay right within 1 ADU, and spots keep their photons", async (t) => {
  const scene = makeScene(DEFAULT_SCENE);
  const { pedestals, gains } = scene.constants;
  const images = scene.images.map(({ raw }) => lightOf(raw, scene.constants, scene.photonEnergyKeV));
  const [firstLight] = images as [Float32Array];
  const photonsOf = (i: number) => (firstLight[i] as number) / ((gains[i] as number) * scene.photonEnergyKeV);
  // All spots, and every fourth row: it has some of each part that is followed in turn. Other words are 0, and nothing follows.
  const exposed: number[] = [];
  for (let i = 0; i < PIXELS; i++) {
    if ((i >> 10) % 4 === 0 || photonsOf(i) >= SPOT_PHOTONS) exposed.push(i);
  }
  const { words, see, calibrator } = await tracking({
    constants: scene.constants,
    rms: NOISE,
    unit: "photons",
  });
  const untracked = await tracking({ constants: scene.constants, limitAdu: undefined, unit: "photons" });
  const noise = new Float32Array(exposed.length);
  const draw = noiseOf(NOISE, 3);
  const expose = (frame: number, isNoisy: boolean, light: Float32Array | undefined) => {
    const drift = ADU_PER_FRAME * frame;
    if (isNoisy) draw(noise);
    else noise.fill(0);
    for (let n = 0; n < exposed.length; n++) {
      const i = exposed[n] as number;
      words[i] = (pedestals[i] as number) + drift + (light?.[i] ?? 0) + (noise[n] as number) + 0.5;
    }
  };
  for (let frame = 0; frame < FRAMES; frame++) {
    expose(frame, true, images[frame % images.length]);
    see(1);
  }
  // What is left, seen in a frame without photons or noise.
  expose(FRAMES, false, undefined);
  see(1, { tracked: [false, false] });
  const driftAdu = ADU_PER_FRAME * FRAMES;
  const errorsOf = ({ status, values }: Calibrator) =>
    Float64Array.from(exposed, (i) => {
      const aduPerPhoton = (gains[i] as number) * scene.photonEnergyKeV;
      const rounding = (words[i] as number) - (pedestals[i] as number) - driftAdu;
      return status[i] === 0 ? (values[i] as number) * aduPerPhoton - rounding : 0;
    });
  const errors = errorsOf(calibrator);
  const mean = errors.reduce((sum, error) => sum + error, 0) / exposed.length;
  const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / exposed.length);
  const within = errors.filter((error) => Math.abs(error) < 1).length / exposed.length;
  t.log(`${driftAdu.toFixed(2)} ADU; left ${mean.toFixed(2)}, rms ${rms.toFixed(2)}, ${within} within 1 ADU`);
  t.true(Math.abs(mean) < 1 && rms < 1);
  t.true(within > 0.98);
  untracked.words.set(words);
  untracked.see(1);
  t.true(errorsOf(untracked.calibrator).every((error) => error === 0 || error > 1.3));

  expose(FRAMES, false, firstLight);
  see(1, { tracked: [false, false] });
  let spots = 0;
  for (const i of exposed) {
    const photons = photonsOf(i);
    if (calibrator.status[i] !== 0 || photons < SPOT_PHOTONS) continue;
    spots += 1;
    const error = Math.abs((calibrator.values[i] as number) / photons - 1);
    t.true(error < 0.01, `pixel ${i}: ${calibrator.values[i]} of ${photons} photons`);
  }
  t.true(spots > 50, `${spots}`);
});

/** ADU above the pedestal of pixels in G0; a neighbour of four in five photons has a little of the charge. */
function lightOf(
  raw: Uint16Array,
  { pedestals, gains }: ReturnType<typeof makeScene>["constants"],
  photonEnergyKeV: number,
): Float32Array {
  const random = seededRandom(7);
  const light = new Float32Array(PIXELS);
  for (let i = 0; i < PIXELS; i++) {
    const aduPerPhoton = (gains[i] as number) * photonEnergyKeV;
    if ((raw[i] as number) >= 0x4000 || aduPerPhoton === 0) continue;
    const photons = Math.round(((raw[i] as number) - (pedestals[i] as number)) / aduPerPhoton);
    light[i] = (light[i] as number) + photons * aduPerPhoton;
    for (let photon = 0; photon < photons; photon++) {
      const neighbour = i + ([1, -1, 1024, -1024][Math.floor(4 * random())] as number);
      if (random() < 0.8 && neighbour in light)
        light[neighbour] = (light[neighbour] as number) + 0.08 * aduPerPhoton * random() ** 3;
    }
  }
  return light;
}
