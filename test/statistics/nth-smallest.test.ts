import test from "ava";
import fc from "fast-check";
import { nthSmallest } from "../../src/statistics/index.js";

const SAMPLES = fc.float32Array({ noNaN: true, minLength: 1, maxLength: 200 });

test("finds what is at an index of the sorted values, with the sign of a zero", (t) => {
  fc.assert(
    fc.property(SAMPLES, fc.nat(), (values, number) => {
      const index = number % values.length;
      t.true(Object.is(nthSmallest(values, index), values.toSorted()[index]));
    }),
  );
});

test("finds it among values that differ in their last bits only, and in part of a larger buffer", (t) => {
  const values = Float32Array.from({ length: 1001 }, (_, i) => 1000 + ((i * 613) % 1001) / 2 ** 13);
  const sorted = values.toSorted();
  t.is(nthSmallest(values, 500), sorted[500]);
  t.is(nthSmallest(values.subarray(1, 4), 1), values.slice(1, 4).sort()[1]);
});

test("leaves the values as they are", (t) => {
  const values = Float32Array.of(3, -1, 2);
  nthSmallest(values, 1);
  t.deepEqual(values, Float32Array.of(3, -1, 2));
});

test("is undefined beyond the values", (t) => {
  for (const index of [-1, 2, Number.NaN]) t.is(nthSmallest(Float32Array.of(1, 2), index), undefined);
  t.is(nthSmallest(new Float32Array(0), 0), undefined);
});
