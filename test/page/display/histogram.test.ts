import test from "ava";
import { HISTOGRAM_BINS, valueHistogram } from "../../../src/page/display/histogram.js";
import type { ScaleName } from "../../../src/page/display/scales.js";
import { valueRange } from "../../../src/page/display/value-range.js";

function histogramOf(values: readonly number[], scale: ScaleName, status = new Uint8Array(values.length)) {
  const pixels = { data: Float32Array.from(values), status };
  return valueHistogram(pixels, valueRange(pixels), scale);
}
const total = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count, 0);

test("each good pixel is in one bin, the greatest in the last", (t) => {
  const { start, binWidth, counts } = histogramOf(
    [0, 64, 127, 128, 64, Number.NaN],
    "linear",
    Uint8Array.of(0, 0, 0, 0, 1, 0),
  );
  t.is(start, 0);
  t.is(binWidth, 128 / HISTOGRAM_BINS);
  t.is(total(counts), 4);
  t.deepEqual([counts[0], counts[64], counts[127]], [1, 1, 2]);
});

test("bins are equally wide on the scale", (t) => {
  const { start, binWidth, counts } = histogramOf([1, 10, 100], "log");
  t.is(start, 0);
  t.is(binWidth, 2 / HISTOGRAM_BINS);
  t.deepEqual([counts[0], counts[64], counts[127]], [1, 1, 1]);
});

test("pixels without a place on the scale are counted beside", (t) => {
  const log = histogramOf([-1, 0, 1, 10], "log");
  t.is(log.leftOut, 2);
  t.is(total(log.counts), 2);
  t.is(histogramOf([-4, 0, 4], "sqrt").leftOut, 1);
  t.is(histogramOf([-4, -2], "sqrt").leftOut, 2);
});

test("an image of one value, or of none, has a histogram", (t) => {
  t.is(total(histogramOf([7, 7, 7], "linear").counts), 3);
  t.is(total(histogramOf([], "linear").counts), 0);
});
