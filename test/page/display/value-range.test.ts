import test from "ava";
import { shownDomain, valueRange } from "../../../src/page/display/value-range.js";

test("the range is that of good pixels, whatever bad ones hold", (t) => {
  const data = Float32Array.of(-9999, Number.NaN, 3, -1, 0.5, 1e9, Number.POSITIVE_INFINITY);
  const status = Uint8Array.of(2, 0, 0, 0, 0, 4, 0);
  t.deepEqual(valueRange({ data, status }), { good: 3, min: -1, max: 3, minPositive: 0.5 });
});

test("raw words have a range as well", (t) => {
  const range = valueRange({ data: Uint16Array.of(0, 2500, 0xffff), status: Uint8Array.of(0, 0, 1) });
  t.deepEqual(range, { good: 2, min: 0, max: 2500, minPositive: 2500 });
});

test("chosen bounds hold as far as they make sense", (t) => {
  t.deepEqual(shownDomain([null, null], [0.5, 9], "log"), [0.5, 9]);
  t.deepEqual(shownDomain([2, null], [0.5, 9], "log"), [2, 9]);
  t.deepEqual(shownDomain([-1, 5], [0.5, 9], "log"), [0.5, 5]);
  t.deepEqual(shownDomain([-1, 5], [0, 9], "linear"), [-1, 5]);
  t.deepEqual(shownDomain([7, 3], [0, 9], "linear"), [0, 9]);
  t.deepEqual(shownDomain([20, null], [0, 9], "linear"), [0, 9]);
});
