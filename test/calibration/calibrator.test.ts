import "../helpers/without-coverage.js";
import test from "ava";
import { type CalibratedUnit, noBadPixels, PIXEL_STATUS } from "../../src/calibration/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { aCalibrator, flatConstants, flatHighGain, KERNEL_PATHS } from "../helpers/calibrators.js";

const NORMAL_GAIN = [false, false];

/** Made once, as they are large; a test that changes some makes its own. */
const FLAT = flatConstants();

/** What pixels become that hold these words, each in a block of its own; all others are at the pedestal of G0. */
async function calibratePixels(
  path: "simd" | "scalar",
  words: readonly number[],
  { unit = "photons", fillValue = -1 }: { unit?: CalibratedUnit; fillValue?: number } = {},
  constants = FLAT,
) {
  const calibrator = await aCalibrator(path, constants, { unit, fillValue });
  calibrator.raw.fill(2500);
  for (const [index, word] of words.entries()) calibrator.raw[placeOf(index)] = word;
  const { badPixels, g1AtLimit } = calibrator.calibrate(NORMAL_GAIN);
  const pixels = words.map((_, index) => {
    const pixel = placeOf(index);
    return { value: calibrator.values[pixel], status: calibrator.status[pixel] };
  });
  return { pixels, badPixels, g1AtLimit };
}

function placeOf(index: number): number {
  return 12345 + 1025 * index;
}

/** Numbers that can be computed in the head: a few pixels a stage. */
const PIXELS: [string, number, CalibratedUnit, number][] = [
  ["G0, one photon of 8 keV is 320 ADU", 2500 + 320, "photons", 1],
  ["G0 in keV", 2500 + 320, "keV", 8],
  ["G0 in ADU", 2500 + 320, "adu", 320],
  ["G0 below the pedestal", 2500 - 160, "photons", -0.5],
  ["G0 at ADC value 0", 0, "adu", -2500],
  ["G1, 100 photons are 1200 ADU down", 0x4000 | (13500 - 1200), "photons", 100],
  ["G2, 1000 photons are 1000 ADU down", 0xc000 | (14000 - 1000), "photons", 1000],
  ["G2 at the last but one ADC value", 0xfffe, "adu", 16382 - 14000],
];

const BAD_WORDS = [
  ["a lost packet", 0xffff, "missing"],
  ["the end of G2", 0xc000, "saturated"],
  ["gain code 10", 0x8123, "invalidGainCode"],
  ["gain code 10 at ADC value 0", 0x8000, "invalidGainCode"],
] as const;

for (const path of KERNEL_PATHS) {
  for (const unit of ["photons", "keV", "adu"] as const) {
    test.serial(`${path}: calibrates each gain stage to ${unit}`, async (t) => {
      const cases = PIXELS.filter((one) => one[2] === unit);
      const { pixels, badPixels, g1AtLimit } = await calibratePixels(
        path,
        cases.map(([, word]) => word),
        { unit },
      );
      for (const [index, [what, , , value]] of cases.entries()) {
        t.deepEqual(pixels[index], { value, status: PIXEL_STATUS.good }, what);
      }
      t.deepEqual([badPixels, g1AtLimit], [noBadPixels(), 0]);
    });
  }

  test.serial(`${path}: G1 at ADC value 0 is a value, and counted`, async (t) => {
    const { pixels, badPixels, g1AtLimit } = await calibratePixels(path, [0x4000], { unit: "adu" });
    t.deepEqual(pixels, [{ value: -13500, status: PIXEL_STATUS.good }]);
    t.deepEqual([badPixels, g1AtLimit], [noBadPixels(), 1]);
  });

  for (const fillValue of [-1, Number.NaN]) {
    test.serial(`${path}: marks bad words with ${fillValue}, whatever the constants`, async (t) => {
      const constants = flatConstants();
      // Half of the pixels have no constants in any stage.
      const words = [...BAD_WORDS, ...BAD_WORDS].map(([, word]) => word);
      for (let index = BAD_WORDS.length; index < words.length; index++) {
        for (let stage = 0; stage < 3; stage++)
          constants.gains[stage * JUNGFRAU_1M.pixels + placeOf(index)] = 0;
      }
      const { pixels, badPixels } = await calibratePixels(path, words, { fillValue }, constants);
      for (const [index, { value, status }] of pixels.entries()) {
        const [what, , reason] = BAD_WORDS[index % BAD_WORDS.length] as (typeof BAD_WORDS)[number];
        t.deepEqual([value, status], [fillValue, PIXEL_STATUS[reason]], what);
      }
      t.deepEqual(badPixels, { ...noBadPixels(), missing: 2, saturated: 2, invalidGainCode: 4 });
    });
  }

  test.serial(`${path}: a pixel without constants is bad in that stage only`, async (t) => {
    const words = [2820, 0x4000 | (13500 - 1200), 0xc000 | (14000 - 1000)];
    for (const fillValue of [-1, Number.NaN]) {
      // In turn, each of the three has no constants in G0, G1, G2.
      for (let stage = 0; stage < 3; stage++) {
        const constants = flatConstants();
        constants.gains[stage * JUNGFRAU_1M.pixels + placeOf(0)] = 0;
        constants.pedestals[stage * JUNGFRAU_1M.pixels + placeOf(1)] = Number.NaN;
        constants.gains[stage * JUNGFRAU_1M.pixels + placeOf(2)] = Number.NaN;
        const { pixels, badPixels } = await calibratePixels(path, words, { fillValue }, constants);
        const expected = [1, 100, 1000].map((value, index) =>
          index === stage
            ? { value: fillValue, status: PIXEL_STATUS.noConstants }
            : { value, status: PIXEL_STATUS.good },
        );
        t.deepEqual(pixels, expected);
        t.deepEqual(badPixels, { ...noBadPixels(), noConstants: 1 });
      }
    }
  });

  const unusable: [string, "pedestals" | "gains", number][] = [
    ...[0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-310, 1e-40, 1e39].map(
      (gain) => [`a gain of ${Object.is(gain, -0) ? "-0" : gain}`, "gains", gain] as const,
    ),
    ...[Number.NaN, -0.5, 16383.5, Number.POSITIVE_INFINITY].map(
      (pedestal) => [`a pedestal of ${pedestal}`, "pedestals", pedestal] as const,
    ),
  ].map(([what, kind, value]) => [what, kind, value]);
  test.serial(
    `${path}: ${unusable.map(([what]) => what).join(", ")} are unusable, in any unit`,
    async (t) => {
      const constants = flatConstants();
      for (const [pixel, [, kind, value]] of unusable.entries()) constants[kind][pixel] = value;
      for (const unit of ["photons", "keV", "adu"] as const) {
        const calibrator = await aCalibrator(path, constants, { unit });
        calibrator.raw.fill(2820);
        const { badPixels } = calibrator.calibrate(NORMAL_GAIN);
        t.is(badPixels.noConstants, unusable.length);
        const good = [...calibrator.status.subarray(0, unusable.length + 1)].map((status) => status === 0);
        t.deepEqual(good, [...unusable.map(() => false), true]);
      }
    },
  );

  test.serial(
    `${path}: a masked pixel is masked whatever its word, unless its packet was lost`,
    async (t) => {
      const words = [2820, 0x4000, 0x4000 | 12000, 0x8001, 0xc000, 0xd000, 0xffff];
      const constants = { ...flatConstants(), masked: new Uint8Array(JUNGFRAU_1M.pixels) };
      for (const index of words.keys()) constants.masked[placeOf(index)] = 1;
      const { pixels, badPixels, g1AtLimit } = await calibratePixels(path, words, {}, constants);
      t.deepEqual(
        pixels.map(({ status }) => status),
        [...new Array(6).fill(PIXEL_STATUS.masked), PIXEL_STATUS.missing],
      );
      t.true(pixels.every(({ value }) => value === -1));
      t.deepEqual([badPixels, g1AtLimit], [{ ...noBadPixels(), masked: 6, missing: 1 }, 0]);
    },
  );

  test.serial(`${path}: nothing of a frame is left in the next`, async (t) => {
    const constants = flatConstants();
    constants.gains[99] = 0;
    const calibrator = await aCalibrator(path, constants, { fillValue: -7 });
    const clean = () => {
      calibrator.raw.fill(2820);
      return calibrator.calibrate(NORMAL_GAIN);
    };
    clean();
    const values = calibrator.values.slice();
    const status = calibrator.status.slice();
    for (const word of [0xffff, 0x4000, 0xc000, 0x8001, 0x4000 | 12000, 0xc000 | 12000]) {
      // A pixel here and there, and whole frames.
      for (const step of [10_007, 1]) {
        calibrator.raw.fill(2820);
        for (let pixel = 99; pixel < JUNGFRAU_1M.pixels; pixel += step) calibrator.raw[pixel] = word;
        calibrator.calibrate(NORMAL_GAIN);
        t.deepEqual(clean().badPixels, { ...noBadPixels(), noConstants: 1 });
        t.true(values.every((value, pixel) => value === calibrator.values[pixel]));
        t.true(status.every((one, pixel) => one === calibrator.status[pixel]));
      }
    }
  });

  test.serial(`${path}: in high gain a module's G0 has constants of its own`, async (t) => {
    const constants = { ...flatConstants(), highGain: flatHighGain() };
    constants.highGain.gains.fill(Number.NaN, MODULE_PIXELS); // only the top module has some
    constants.gains[5] = 0;
    constants.highGain.gains[6] = 0;
    const calibrator = await aCalibrator(path, constants, { fillValue: -1 });
    t.deepEqual(
      [0, 1].map((moduleIndex) => calibrator.hasConstants(moduleIndex, "hg0")),
      [true, false],
    );
    const calibrate = (highGain: boolean[]) => {
      calibrator.raw.fill(2820);
      calibrator.raw[7] = 0x4000 | (13500 - 1200);
      const { badPixels } = calibrator.calibrate(highGain);
      const at = (pixel: number) => calibrator.values[pixel];
      return [at(0), at(5), at(6), at(7), at(MODULE_PIXELS), badPixels.noConstants, calibrator.status[5]];
    };
    const { noConstants, good } = PIXEL_STATUS;
    const inHighGain = Math.fround(820 / 800);
    t.deepEqual(calibrate([true, true]), [inHighGain, inHighGain, -1, 100, 1, 1, good]);
    t.deepEqual(calibrate([false, false]), [1, -1, 1, 100, 1, 1, noConstants]);
    t.deepEqual(calibrate([true, false]), [inHighGain, inHighGain, -1, 100, 1, 1, good]);
  });

  test.serial(
    `${path}: rounds photons, halves to even, and keeps what int32 cannot hold at its limit`,
    async (t) => {
      const constants = flatConstants();
      constants.pedestals[JUNGFRAU_1M.pixels] = Number.NaN;
      constants.gains[1] = 1e-12;
      constants.gains[2] = -1e-12;
      const calibrator = await aCalibrator(path, constants, { rounded: true, fillValue: -99 });
      calibrator.raw.fill(2500);
      // Photons in steps of 320 ADU, from pixel 3 on: 0.5, 1.5, 2.5, -0.5, -1.5, 0.25, 1.75.
      const words = [0x4000, 2501, 2501, 2660, 2980, 3300, 2340, 2020, 2580, 3060];
      calibrator.raw.set(words);
      t.is(calibrator.calibrate(NORMAL_GAIN).badPixels.noConstants, 1);
      const { values } = calibrator;
      t.true(values instanceof Int32Array);
      t.deepEqual(
        [...values.subarray(0, words.length)],
        [-99, 2 ** 31 - 1, -(2 ** 31), 0, 2, 2, 0, -2, 0, 2],
      );
    },
  );

  test.serial(`${path}: counts of a frame with everything in it add up`, async (t) => {
    const constants = { ...flatConstants(), masked: new Uint8Array(JUNGFRAU_1M.pixels) };
    constants.masked.fill(1, 16, 32);
    constants.gains.fill(0, 64, 80);
    const calibrator = await aCalibrator(path, constants);
    calibrator.raw.fill(2500);
    calibrator.raw.fill(0xffff, 24, 40);
    calibrator.raw.fill(0x8000, 40, 45);
    calibrator.raw.fill(0xc000, 78, 83);
    const { badPixels } = calibrator.calibrate(NORMAL_GAIN);
    t.deepEqual(badPixels, { missing: 16, masked: 8, invalidGainCode: 5, saturated: 5, noConstants: 14 });
    const counted = { ...noBadPixels() };
    for (const status of calibrator.status) {
      for (const reason of Object.keys(counted) as (keyof typeof counted)[]) {
        if (status === PIXEL_STATUS[reason]) counted[reason] += 1;
      }
    }
    t.deepEqual(counted, badPixels);
  });
}
