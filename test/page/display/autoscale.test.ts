import test from "ava";
import { autoscale, type Percentiles } from "../../../src/page/display/autoscale.js";
import { SCALES, type ScaleName, scaleOf } from "../../../src/page/display/scales.js";
import type { ViewImage } from "../../../src/viewer/protocol.js";
import { viewImage } from "../../helpers/view-images.js";

const ALL: Percentiles = [0, 100];

/** Of all pixels, in one row. */
function ofAll(
  data: ViewImage["data"],
  scale: ScaleName,
  percentiles: Percentiles,
  status = new Uint8Array(data.length),
) {
  const image = viewImage({ shape: [1, data.length], data, status });
  return autoscale(image, { rows: [0, 1], columns: [0, data.length] }, scale, percentiles);
}

test("all values are from the least to the greatest good pixel, whatever bad ones hold", (t) => {
  const data = Float32Array.of(-9999, Number.NaN, 3.2, -1.7, 0.5, 1e9, Number.POSITIVE_INFINITY);
  const status = Uint8Array.of(2, 0, 0, 0, 0, 4, 0);
  const { domain, undrawn } = ofAll(data, "linear", ALL, status);
  t.deepEqual(domain, [Math.fround(-1.7), Math.fround(3.2)]);
  t.is(undrawn, 0);
});

test("percentiles are those of the sorted values", (t) => {
  // 7 is coprime to 10,001, so each value from 0 to 10,000 is there once.
  const data = Float32Array.from({ length: 10_001 }, (_, i) => ((7 * i) % 10_001) / 4 - 500);
  const { domain } = ofAll(data, "linear", [0.1, 99.9]);
  const sorted = data.toSorted();
  t.is(sorted[10], -497.5);
  for (const [end, rank] of [
    [0, 10],
    [1, 9990],
  ] as const) {
    t.true(Math.abs(domain[end] - (sorted[rank] as number)) < 0.3, `${domain[end]}, not ${sorted[rank]}`);
  }
});

test("a few bright pixels do not darken the rest", (t) => {
  const data = new Float32Array(10_000).map((_, i) => (i < 5 ? 1e6 : (i % 10) + 1));
  t.deepEqual(ofAll(data, "linear", [0.1, 99.9]).domain, [1, 10]);
  t.deepEqual(ofAll(data, "linear", ALL).domain, [1, 1e6]);
});

test("raw words and whole numbers have percentiles as well", (t) => {
  t.deepEqual(
    ofAll(
      Uint16Array.from({ length: 1001 }, (_, i) => 2000 + i),
      "linear",
      [10, 90],
    ).domain,
    [2100, 2900],
  );
  t.deepEqual(ofAll(Int32Array.of(-5, 0, 70_000), "linear", ALL).domain, [-5, 70_000]);
});

test("it is about the visible pixels alone", (t) => {
  const image = viewImage({ shape: [3, 3], data: Float32Array.of(900, 900, 900, 900, 1, 2, 900, 3, 4) });
  t.deepEqual(autoscale(image, { rows: [1, 3], columns: [1, 3] }, "linear", ALL).domain, [1, 4]);
});

test("the visible part of an image with one value for 2×2 pixels is found in its data", (t) => {
  const image = viewImage({ shape: [6, 6], binning: 2, data: Float32Array.of(9, 9, 9, 9, 1, 2, 9, 3, 4) });
  t.deepEqual(autoscale(image, { rows: [3, 6], columns: [2, 6] }, "linear", ALL).domain, [1, 4]);
});

test("a scale has the percentiles of what it can draw, and counts the rest", (t) => {
  const data = Float32Array.of(-2, -1, 0, 0.25, 100);
  t.deepEqual(ofAll(data, "symlog", ALL), { domain: [-2, 100], undrawn: 0 });
  t.deepEqual(ofAll(data, "sqrt", ALL), { domain: [0, 100], undrawn: 2 });
  t.deepEqual(ofAll(data, "log", ALL), { domain: [0.25, 100], undrawn: 3 });
});

test("no image leaves a scale without a domain", (t) => {
  for (const values of [[], [Number.NaN], [0], [-3], [5], [-3, -2], [7, 7, 7]]) {
    for (const scale of SCALES) {
      const [min, max] = ofAll(Float32Array.from(values), scale, [0.1, 99.9]).domain;
      t.true(min < max, `${values} ${scale}`);
      t.true(Number.isFinite(scaleOf(scale).apply(min)), `${values} ${scale}`);
    }
  }
});
