import test from "ava";
import { type Array2D, isArray2D, statistics } from "../../src/host/index.js";
import { summarizeData } from "../../src/outputs/index.js";

const array: Array2D = {
  dtype: "float32",
  shape: [2, 2],
  data: Float32Array.of(1, Number.NaN, -3, 5),
  unit: "photons",
  badPixels: { missing: 1, saturated: 2 },
  incomplete: true,
};

test("statistics leave bad pixels out", (t) => {
  t.deepEqual(statistics(array), { min: -3, max: 5, mean: 1 });
  t.deepEqual(statistics({ data: Float32Array.of(Number.NaN) }), { min: null, max: null, mean: null });
  t.deepEqual(statistics({ data: Uint16Array.of(1, 65535) }), { min: 1, max: 65535, mean: 32768 });
});

test("statistics leave pixels out that have a status", (t) => {
  const data = Float32Array.of(-1, 2, 4);
  t.deepEqual(statistics({ data, status: Uint8Array.of(3, 0, 0) }), { min: 2, max: 4, mean: 3 });
});

test("statistics of an array that knows them come from it", (t) => {
  const known = { ...array, statistics: () => ({ min: 1, max: 3, mean: 2, count: 2 }) };
  t.deepEqual(statistics(known), { min: 1, max: 3, mean: 2 });
  t.like(summarizeData({ detector_data: known }), { detector_data: { min: 1, max: 3, mean: 2 } });
  t.like(statistics({ ...array, statistics: "none" } as never), { max: 5 });
});

test("describes arrays, and leaves other values as they are", (t) => {
  t.deepEqual(summarizeData({ event_id: "5", timestamp: 1.5, detector_data: array }), {
    event_id: "5",
    timestamp: 1.5,
    detector_data: {
      dtype: "float32",
      shape: [2, 2],
      unit: "photons",
      min: -3,
      max: 5,
      mean: 1,
      bad_pixels: 3,
      bad_pixels_by_reason: { missing: 1, saturated: 2 },
      incomplete: true,
      wrong_constants: undefined,
    },
  });
});

test("knows an array from anything else", (t) => {
  t.true(isArray2D(array));
  for (const value of [
    undefined,
    null,
    5,
    "x",
    [1],
    { data: [1], shape: [1, 1] },
    { data: Float32Array.of(1), shape: [1] },
  ]) {
    t.false(isArray2D(value));
  }
});
