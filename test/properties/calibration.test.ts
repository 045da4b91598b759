import "../helpers/without-coverage.js";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import {
  type CalibratedUnit,
  kernelCreator,
  PIXEL_STATUS,
  type PixelRegion,
  type RegionStatistics,
  RingMap,
  type RingTotals,
} from "../../src/calibration/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { seededRandom } from "../../src/simulator/random.js";
import { aCalibrator } from "../helpers/calibrators.js";
import { areStatisticsOf, FLOAT32_TOLERANCE, HUGE } from "../helpers/one-by-one.js";
import { calibrateReference, referenceDivisors } from "../helpers/reference-calibration.js";

const RUNS = 3;

const ODD_WORDS = [0, 1, 0x3fff, 0x4000, 0x4001, 0x7fff, 0x8000, 0xbfff, 0xc000, 0xc001, 0xfffe, 0xffff];
const ODD_GAINS = [
  ...[0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -1e-40, 1e39, -1e300],
  // Usable, if barely.
  ...[2 ** -126, -(2 ** -126), 3e38, -3e38, 1e-30, 1e30],
];
const ODD_PEDESTALS = [Number.NaN, -1, -0, 0, 16383, 16383.001, 16384, 65535, Number.POSITIVE_INFINITY];

/** Frames and constants of any kind: each share is of all pixels. */
const scenario = fc.record({
  seed: fc.integer(),
  switched: fc.constantFrom(0, 1e-4, 0.01, 0.1, 0.7, 1),
  oddWords: fc.constantFrom(0, 1e-4, 0.05, 1),
  oddConstants: fc.constantFrom(0, 1e-4, 0.05, 1),
  /** Over how many powers of ten gains are spread: of alike values every sum is exact, in whatever order. */
  gainDecades: fc.constantFrom(0, 12),
  masked: fc.constantFrom(0, 1e-4, 0.3),
  unit: fc.constantFrom<CalibratedUnit>("photons", "keV", "adu"),
  photonEnergyKeV: fc.constantFrom(0.3, 8, 12.4, 200),
  highGain: fc.tuple(fc.boolean(), fc.boolean()),
  fillValue: fc.constantFrom(Number.NaN, -1, 0),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Always among them: most pixels have a value, and one module is in high gain. */
const USUAL: Scenario = {
  seed: 1,
  switched: 0.1,
  oddWords: 1e-4,
  oddConstants: 1e-4,
  gainDecades: 12,
  masked: 1e-4,
  unit: "photons",
  photonEnergyKeV: 12.4,
  highGain: [true, false],
  fillValue: Number.NaN,
};

function makeConstants(random: () => number, { oddConstants, gainDecades, masked }: Scenario) {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const pedestal = () => (random() < oddConstants ? pick(ODD_PEDESTALS) : 16383 * random());
  const gain = (typical: number) =>
    random() < oddConstants
      ? pick(ODD_GAINS)
      : typical * (0.5 + random()) * (gainDecades === 0 ? 1 : 10 ** (gainDecades * (random() - 0.5)));
  const pedestals = new Float32Array(3 * JUNGFRAU_1M.pixels);
  const gains = new Float64Array(3 * JUNGFRAU_1M.pixels);
  for (const [stage, typical] of [41, -1.44, -0.115].entries()) {
    for (let i = stage * JUNGFRAU_1M.pixels; i < (stage + 1) * JUNGFRAU_1M.pixels; i++) {
      pedestals[i] = pedestal();
      gains[i] = gain(typical);
    }
  }
  const highGain = {
    pedestals: new Float32Array(JUNGFRAU_1M.pixels),
    gains: new Float64Array(JUNGFRAU_1M.pixels),
  };
  const mask = new Uint8Array(JUNGFRAU_1M.pixels);
  for (let i = 0; i < JUNGFRAU_1M.pixels; i++) {
    highGain.pedestals[i] = pedestal();
    highGain.gains[i] = gain(100);
    mask[i] = random() < masked ? 1 : 0;
  }
  return { pedestals, gains, highGain, masked: mask };
}

function makeFrame(random: () => number, { switched, oddWords }: Scenario): Uint16Array {
  return new Uint16Array(JUNGFRAU_1M.pixels).map(() => {
    if (random() < oddWords) return ODD_WORDS[Math.floor(random() * ODD_WORDS.length)] as number;
    const code = random() < switched ? ([1, 3][Math.floor(2 * random())] as number) : 0;
    return (code << 14) | Math.floor(16384 * random());
  });
}

/** The reference; of the second module by itself if one is in high gain and the other is not. */
function reference(
  raw: Uint16Array,
  constants: ReturnType<typeof makeConstants>,
  { unit, photonEnergyKeV, highGain }: Scenario,
) {
  const divisors = referenceDivisors(constants.gains, unit, photonEnergyKeV);
  const highGainConstants = {
    ...constants.highGain,
    divisors: referenceDivisors(constants.highGain.gains, unit, photonEnergyKeV),
  };
  const calibrated = (used?: typeof highGainConstants) => {
    const values = new Float64Array(JUNGFRAU_1M.pixels);
    const status = new Uint8Array(JUNGFRAU_1M.pixels);
    calibrateReference(raw, constants, divisors, values, status, used);
    return { values, status };
  };
  const whole = calibrated(highGain[0] ? highGainConstants : undefined);
  if (highGain[1] === highGain[0]) return whole;
  const other = calibrated(highGain[1] ? highGainConstants : undefined);
  whole.values.set(other.values.subarray(MODULE_PIXELS), MODULE_PIXELS);
  whole.status.set(other.status.subarray(MODULE_PIXELS), MODULE_PIXELS);
  return whole;
}

// One after the other, as calibrators on a path share their memory.
test.serial("SIMD, scalar and the float64 reference agree on arbitrary words and constants", async (t) => {
  let finite = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const random = seededRandom(one.seed);
      const constants = makeConstants(random, one);
      const frames = [makeFrame(random, one), makeFrame(random, { ...one, switched: 0.01, oddWords: 0 })];
      // The second has lost most of a module, up to a row and column of no meaning.
      frames[1]?.fill(0xffff, 0, MODULE_PIXELS - 12_345);
      const simd = await aCalibrator("simd", constants, { ...one, rounded: false });
      const scalar = await aCalibrator("scalar", constants, { ...one, rounded: false });
      // In this order, so that each frame follows another, and modules go in and out of high gain.
      for (const [index, raw] of [...frames, frames[0] as Uint16Array].entries()) {
        const highGain = index === 1 ? one.highGain.map((isHigh) => !isHigh) : one.highGain;
        simd.raw.set(raw);
        scalar.raw.set(raw);
        const counts = simd.calibrate(highGain);
        t.deepEqual(counts, scalar.calibrate(highGain));
        const expected = reference(raw, constants, { ...one, highGain: [!!highGain[0], !!highGain[1]] });
        const bits = new Uint32Array(simd.values.buffer, simd.values.byteOffset, JUNGFRAU_1M.pixels);
        const scalarBits = new Uint32Array(
          scalar.values.buffer,
          scalar.values.byteOffset,
          JUNGFRAU_1M.pixels,
        );
        const badPixels = [0, 0, 0, 0, 0, 0];
        let g1AtLimit = 0;
        for (let pixel = 0; pixel < JUNGFRAU_1M.pixels; pixel++) {
          const value = simd.values[pixel] as number;
          const status = simd.status[pixel] as number;
          badPixels[status] = (badPixels[status] as number) + 1;
          if (raw[pixel] === 0x4000 && status === PIXEL_STATUS.good) g1AtLimit += 1;
          const isSame =
            bits[pixel] === scalarBits[pixel] || (Number.isNaN(value) && Number.isNaN(scalar.values[pixel]));
          const isRight =
            status === PIXEL_STATUS.good
              ? isNear(value, expected.values[pixel] as number)
              : Object.is(value, one.fillValue);
          if (status === PIXEL_STATUS.good && Number.isFinite(value)) finite += 1;
          if (!isSame || !isRight || status !== expected.status[pixel] || status !== scalar.status[pixel]) {
            t.fail(
              `pixel ${pixel}, word ${raw[pixel]?.toString(16)}: ${value} status ${status}, scalar ${scalar.values[pixel]} ` +
                `status ${scalar.status[pixel]}, reference ${expected.values[pixel]} status ${expected.status[pixel]}`,
            );
            return false;
          }
        }
        const statistics = simd.measure();
        t.deepEqual(statistics, scalar.measure());
        areStatisticsOf(t, statistics, simd.values, simd.status);
        countsAgree(t, simd, scalar, raw);
        t.is(counts.g1AtLimit, g1AtLimit);
        t.deepEqual(
          [counts.badPixels.missing, counts.badPixels.masked, counts.badPixels.invalidGainCode],
          badPixels.slice(1, 4),
        );
        t.deepEqual([counts.badPixels.saturated, counts.badPixels.noConstants], badPixels.slice(4));
      }
      return true;
    }),
    { numRuns: RUNS, examples: [[USUAL]] },
  );
  t.true(finite > JUNGFRAU_1M.pixels, "most pixels had a value to compare");
});

test.serial(
  "SIMD, scalar and a loop over the pixels agree on the statistics of rounded frames",
  async (t) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const random = seededRandom(one.seed);
        const constants = makeConstants(random, one);
        const raw = makeFrame(random, one);
        const options = { ...one, unit: "photons", fillValue: -(2 ** 31), rounded: true } as const;
        const [simd, scalar] = [
          await aCalibrator("simd", constants, options),
          await aCalibrator("scalar", constants, options),
        ];
        for (const calibrator of [simd, scalar]) {
          calibrator.raw.set(raw);
          calibrator.calibrate(one.highGain);
        }
        const statistics = simd.measure();
        t.deepEqual(statistics, scalar.measure());
        areStatisticsOf(t, statistics, simd.values, simd.status);
        countsAgree(t, simd, scalar, raw);
      }),
      { numRuns: RUNS },
    );
  },
);

test("SIMD, scalar and a loop over the pixels agree on the statistics of words", async (t) => {
  const fail = () => t.fail("another kernel than was asked for");
  const kernels = [
    await kernelCreator(JUNGFRAU_1M, "simd")(fail),
    await kernelCreator(JUNGFRAU_1M, "scalar")(fail),
  ] as const;
  fc.assert(
    fc.property(scenario, (one) => {
      const words = makeFrame(seededRandom(one.seed), one);
      for (const { raw } of kernels) raw.set(new Uint8Array(words.buffer));
      const [simd, scalar] = [kernels[0].measureWords(), kernels[1].measureWords()];
      t.deepEqual(simd, scalar);
      areStatisticsOf(t, simd, words);
    }),
    { numRuns: RUNS },
  );
});

/** Compare what is measured of a region with a newcomer's loop. */
function isRegionOf(
  t: ExecutionContext,
  measured: RegionStatistics,
  values: ArrayLike<number>,
  status: Uint8Array,
  { rows, columns }: PixelRegion,
): void {
  let [sum, size, max, count] = [0, 0, Number.NEGATIVE_INFINITY, 0];
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      if (status[1024 * row + column] !== 0) continue;
      const value = values[1024 * row + column] as number;
      sum += value;
      size += Math.abs(value);
      max = Math.max(max, value);
      count++;
    }
  }
  t.deepEqual([measured.max, measured.count], [count === 0 ? null : max + 0, count]);
  if (!Number.isFinite(measured.sum) && Number.isFinite(sum)) t.true(size > HUGE, `sum ${measured.sum}`);
  else if (Number.isFinite(sum)) t.true(Math.abs(measured.sum - sum) <= FLOAT32_TOLERANCE * size);
}

/** Compare what rings come to with a newcomer's loop. */
function areRingsOf(
  t: ExecutionContext,
  { sums, goodPixels }: RingTotals,
  values: ArrayLike<number>,
  status: Uint8Array,
  ringOf: Uint16Array,
): void {
  const expected = new Float64Array(sums.length);
  const sizes = new Float64Array(sums.length);
  const pixels = new Uint32Array(sums.length);
  for (let pixel = 0; pixel < ringOf.length; pixel++) {
    if (status[pixel] !== 0) continue;
    const ring = ringOf[pixel] as number;
    expected[ring] = (expected[ring] as number) + (values[pixel] as number);
    sizes[ring] = (sizes[ring] as number) + Math.abs(values[pixel] as number);
    pixels[ring] = (pixels[ring] as number) + 1;
  }
  t.deepEqual(goodPixels, pixels);
  for (const [ring, sum] of expected.entries()) {
    const size = sizes[ring] as number;
    if (size > HUGE) continue;
    t.true(Math.abs((sums[ring] as number) - sum) <= 1e-5 * size, `ring ${ring}: ${sums[ring]}, not ${sum}`);
  }
}

type CalibratorUnderTest = Awaited<ReturnType<typeof aCalibrator>>;

/** SIMD, scalar and a newcomer's loop agree on what is counted. */
function countsAgree(
  t: ExecutionContext,
  simd: CalibratorUnderTest,
  scalar: CalibratorUnderTest,
  raw: Uint16Array,
): void {
  const { values, status } = simd;
  // Of all frames but the first, this threshold is counted while they are calibrated: it was asked of the one before last.
  const everyFrames = 0.1;
  const atRandom = values[Math.floor(values.length / 3)] as number;
  const others = [-(2 ** 40), -1, 0, 3, 2 ** 31, Number.isNaN(atRandom) ? 1e9 : atRandom];
  for (const threshold of [everyFrames, ...others, everyFrames]) {
    const count = simd.countAbove(threshold);
    t.is(count, scalar.countAbove(threshold), `threshold ${threshold}`);
    // Whole numbers at the end of int32 are the only ones that are not compared as numbers.
    if (values instanceof Int32Array && threshold < -(2 ** 31)) continue;
    const limit = Math.fround(threshold);
    let expected = 0;
    for (let i = 0; i < values.length; i++) if (status[i] === 0 && (values[i] as number) > limit) expected++;
    t.is(count, expected, `threshold ${threshold}`);
  }
  const random = seededRandom(raw[0] as number);
  const range = (): [number, number] => {
    const [a, b] = [Math.floor(1024 * random()), Math.floor(1024 * random())];
    return [Math.min(a, b), Math.max(a, b) + 1];
  };
  for (const region of [
    { rows: [0, 1024], columns: [0, 1024] } as const,
    { rows: [511, 513], columns: [16, 32] } as const,
    { rows: [1023, 1024], columns: [1023, 1024] } as const,
    ...Array.from({ length: 5 }, () => ({ rows: range(), columns: range() })),
  ]) {
    const measured = simd.measureRegion(region);
    t.deepEqual(measured, scalar.measureRegion(region), JSON.stringify(region));
    isRegionOf(t, measured, values, status, region);
  }
  const rings = 1 + Math.floor(300 * random());
  const [row, column] = [1500 * random() - 200, 1500 * random() - 200];
  const ringOf = new Uint16Array(values.length);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const [down, right] = [(pixel >> 10) - row, (pixel & 1023) - column];
    ringOf[pixel] = Math.min(Math.floor(Math.sqrt(down * down + right * right) / 4), rings - 1);
  }
  const map = new RingMap(ringOf, rings);
  const totals = simd.measureRings(map);
  t.deepEqual(totals, scalar.measureRings(map));
  areRingsOf(t, totals, values, status, ringOf);
  for (const margin of [0, 2000, 16383]) {
    const expected = { g1: 0, g2: 0, saturated: 0, nearLimit: 0 };
    for (let pixel = 0; pixel < raw.length; pixel++) {
      const word = raw[pixel] as number;
      if (status[pixel] === PIXEL_STATUS.masked || word === 0xffff) continue;
      if (word >> 14 === 1) expected.g1++;
      if (word >> 14 === 3) expected.g2++;
      if (word === 0xc000) expected.saturated++;
      if (word >> 14 === 3 && (word & 0x3fff) <= margin) expected.nearLimit++;
    }
    t.deepEqual(simd.countGainStages(margin), expected, `margin ${margin}`);
    t.deepEqual(scalar.countGainStages(margin), expected, `margin ${margin}`);
  }
}

/** Within the error of a float32 kernel; where the reference leaves float32, infinite. */
function isNear(value: number, reference: number): boolean {
  if (!Number.isFinite(Math.fround(reference))) return Math.abs(value) === Number.POSITIVE_INFINITY;
  return Math.abs(value - reference) <= Math.max(1.2e-7 * Math.abs(reference), 1e-30);
}
