import test from "ava";
import fc from "fast-check";
import { LEARNING_FRAMES, SCALAR_DARKS, SIMD_DARKS } from "../../src/darks/kernel/index.js";
import { StageSamples } from "../../src/darks/stage-samples.js";

/** Words of a few pixels, one frame. */
const frame = (...words: number[]) => Uint16Array.from(words);

/** Mean and variance of whole numbers, exactly. */
function exactly(values: readonly number[]): { mean: number; rms: number } {
  const n = BigInt(values.length);
  const sum = values.reduce((all, value) => all + BigInt(value), 0n);
  const squares = values.reduce((all, value) => all + BigInt(value) ** 2n, 0n);
  return {
    mean: Number(sum) / values.length,
    rms: Math.sqrt(Number(n * squares - sum * sum)) / values.length,
  };
}

test("sums are exact on 100,000 frames", (t) => {
  const samples = new StageSamples(1, 2);
  const values: [number[], number[]] = [[], []];
  for (let index = 0; index < 100_000; index++) {
    const readings = [12_000 + ((index * 7919) % 23), 3_000 + ((index * 104_729) % 4001)] as const;
    for (const [pixel, reading] of readings.entries()) values[pixel as 0 | 1].push(reading);
    samples.add(frame(...readings.map((reading) => 0x4000 | reading)));
  }
  samples.finish();
  for (const pixel of [0, 1] as const) {
    const { mean, rms } = exactly(values[pixel]);
    const found = samples.pixel(pixel);
    t.is(found.samples, 100_000);
    t.is(found.mean, mean);
    t.true(Math.abs(found.rms - rms) < 1e-9 * rms, `${found.rms}, not ${rms}`);
  }
});

test("what is no sample is left out, and counted by reason", (t) => {
  const samples = new StageSamples(0, 6);
  for (let index = 0; index < 60; index++) {
    const usual = 2500 + (index % 5);
    const isOdd = index % 10 === 9;
    samples.add(
      frame(
        usual,
        isOdd ? 2900 : usual, // a photon
        isOdd ? 0xffff : usual,
        isOdd ? 0 : usual,
        isOdd ? 0x4000 | 13000 : usual,
        isOdd ? 0x8000 | 2500 : usual,
      ),
    );
  }
  samples.finish();
  const { outliers, wrongStage, missing, invalidCode } = samples.leftOut;
  t.deepEqual([...outliers], [0, 6, 0, 0, 0, 0]);
  t.deepEqual([...missing], [0, 0, 6, 6, 0, 0]);
  t.deepEqual([...wrongStage], [0, 0, 0, 0, 6, 6]);
  t.deepEqual([...invalidCode], [0, 0, 0, 0, 0, 1]);
  const numbers = Array.from({ length: 6 }, (_, pixel) => samples.pixel(pixel).samples);
  t.deepEqual(numbers, [60, 54, 54, 54, 54, 54]);
  t.is(samples.pixelsWithout(), 0);
});

test("photons in a fifth of a pixel's first frames do not raise what is usual", (t) => {
  const samples = new StageSamples(0, 100);
  for (let index = 0; index < 500; index++) {
    const words = new Uint16Array(100).fill(2500 + (index % 3));
    if (index % 5 === 0) words[1] = 3000 + (index % 3);
    samples.add(words);
  }
  samples.finish();
  t.is(samples.leftOut.outliers[1], 100);
  t.true(Math.abs(samples.pixel(1).mean - 2501) < 0.02);
});

test("a frame in which many pixels are out is refused, also among the first", (t) => {
  const samples = new StageSamples(0, 1700);
  for (let index = 0; index < 100; index++) {
    const isLit = index === 10 || index === 70;
    samples.add(
      new Uint16Array(1700).map(
        (_, pixel) => 2500 + ((index + pixel) % 4) + (isLit && pixel % 4 === 0 ? 500 : 0),
      ),
    );
  }
  samples.finish();
  t.is(samples.notDark, 2);
  t.is(samples.frames, 98);
  t.is(samples.pixel(0).samples, 98);
});

test("a pixel that is never seen has no samples, and one that always reads the same no noise", (t) => {
  const samples = new StageSamples(3, 2);
  for (let index = 0; index < 60; index++) samples.add(frame(0xffff, 0xc000 | 14_000));
  samples.finish();
  t.deepEqual(samples.pixel(0), { samples: 0, mean: Number.NaN, rms: Number.NaN });
  t.deepEqual(samples.pixel(1), { samples: 60, mean: 14_000, rms: 0 });
  t.is(samples.pixelsWithout(), 1);
});

test("fewer frames than are needed to learn are counted at the end", (t) => {
  const samples = new StageSamples(0, 1);
  for (const reading of [2500, 2502, 2504]) samples.add(frame(reading));
  t.is(samples.frames, 3);
  samples.finish();
  t.like(samples.pixel(0), { samples: 3, mean: 2502 });
});

/** Seven frames of some pixels: noise for the most part, below 9, and now and then any word at all. */
const anyFrames = fc.integer({ min: 1, max: 40 }).chain((pixels) => {
  const noise = fc.integer({ min: 0, max: 8 });
  const anyWord = fc.integer({ min: 9, max: 0xffff });
  const value = fc.oneof({ weight: 60, arbitrary: noise }, anyWord);
  const ofPixels = fc.array(value, { minLength: pixels, maxLength: pixels });
  return fc.array(ofPixels, { minLength: 7, maxLength: 7 });
});

test("whatever comes, sums with SIMD are those without", (t) => {
  const stages = fc.constantFrom(0, 1, 3);
  fc.assert(
    fc.property(stages, anyFrames, fc.integer({ min: 0, max: 40 }), (code, values, more) => {
      const pixels = values[0]?.length ?? 0;
      const both = [SIMD_DARKS, SCALAR_DARKS].map((kernel) => new StageSamples(code, pixels, kernel));
      for (let index = 0; index < LEARNING_FRAMES + more; index++) {
        const words = Uint16Array.from(values[index % 7] ?? [], (value, pixel) =>
          value > 8 ? value : (code << 14) | (2000 + 3 * pixel + ((value + index) % 9)),
        );
        for (const samples of both) samples.add(words);
      }
      const [simd, scalar] = both.map((samples) => {
        samples.finish();
        const { frames, notDark, leftOut } = samples;
        const { outliers, wrongStage, missing, invalidCode } = leftOut;
        return {
          frames,
          notDark,
          leftOut: [outliers, wrongStage, missing, invalidCode],
          pixels: values[0]?.map((_, pixel) => samples.pixel(pixel)),
        };
      });
      t.deepEqual(simd, scalar);
    }),
    { numRuns: 60 },
  );
});

test("the widest range and the most frames of a batch do not overflow", (t) => {
  const samples = new StageSamples(0, 8, SIMD_DARKS);
  // The first ones learn nothing of these pixels, so that every reading is usual afterwards.
  for (let index = 0; index < LEARNING_FRAMES; index++) samples.add(new Uint16Array(8).fill(0xffff));
  for (let index = 0; index < 32; index++) samples.add(new Uint16Array(8).fill(0x3ffe));
  samples.finish();
  t.deepEqual(samples.pixel(7), { samples: 32, mean: 0x3ffe, rms: 0 });
});
