import test from "ava";
import { measurePixels } from "../../src/calibration/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { seededRandom } from "../../src/simulator/random.js";
import { aCalibrator, KERNEL_PATHS } from "../helpers/calibrators.js";

test("pixels with a status other than 0, and NaN, are left out", (t) => {
  const values = Float32Array.of(-1, 2, 4, Number.NaN);
  t.deepEqual(measurePixels(values, undefined), { min: -1, max: 4, mean: 5 / 3, count: 3 });
  t.deepEqual(measurePixels(values, Uint8Array.of(3, 0, 0, 0)), { min: 2, max: 4, mean: 3, count: 2 });
  t.deepEqual(measurePixels(values, new Uint8Array(4).fill(6)), {
    min: null,
    max: null,
    mean: null,
    count: 0,
  });
});

test("0 and -0 are the same, and words and whole numbers are measured as well", (t) => {
  t.deepEqual(measurePixels(Float32Array.of(-0), undefined), { min: 0, max: 0, mean: 0, count: 1 });
  t.like(measurePixels(Uint16Array.of(1, 65535), undefined), { min: 1, max: 65535, mean: 32768 });
  t.like(measurePixels(Int32Array.of(-(2 ** 31), 2 ** 31 - 1), undefined), { mean: -0.5 });
});

test("the mean of a million values is that of a sum in float64, to nine digits", (t) => {
  const random = seededRandom(1);
  const values = new Float32Array(JUNGFRAU_1M.pixels).map(() => 3 * random() - 1);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  t.true(Math.abs((measurePixels(values, undefined).mean as number) - mean) < 1e-9);
});

for (const Values of [Int32Array, Float32Array]) {
  test(`a number of pixels that no block divides: ${Values.name}`, (t) => {
    for (const count of [1, 15, 17, 1030 * 3]) {
      const values = new Values(count).map((_, index) => index);
      const mean = (count - 1) / 2;
      t.deepEqual(measurePixels(values, undefined), { min: 0, max: count - 1, mean, count });
      const firstAndLast = new Uint8Array(count).fill(1);
      firstAndLast[0] = 0;
      firstAndLast[count - 1] = 0;
      const expected = { min: 0, max: count - 1, mean, count: Math.min(count, 2) };
      t.deepEqual(measurePixels(values, firstAndLast), expected);
    }
  });
}

for (const path of KERNEL_PATHS) {
  test.serial(`statistics of a frame that can be computed in the head: ${path}`, async (t) => {
    const calibrator = await aCalibrator(path);
    calibrator.raw.fill(2820); // 1 photon
    calibrator.raw[0] = 2500;
    calibrator.raw[700 * 1024 + 33] = 2500 + 3200;
    calibrator.calibrate([false, false]);
    t.deepEqual(calibrator.measure(), {
      min: 0,
      max: 10,
      mean: 1 + 8 / JUNGFRAU_1M.pixels,
      count: JUNGFRAU_1M.pixels,
    });

    calibrator.raw[0] = 0xffff;
    calibrator.raw[700 * 1024 + 33] = 0xc000;
    calibrator.calibrate([false, false]);
    t.deepEqual(calibrator.measure(), { min: 1, max: 1, mean: 1, count: JUNGFRAU_1M.pixels - 2 });

    calibrator.raw.fill(0x8000);
    calibrator.calibrate([false, false]);
    t.deepEqual(calibrator.measure(), { min: null, max: null, mean: null, count: 0 });
  });
}
