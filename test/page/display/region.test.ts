import test from "ava";
import { parseRegion, readRegion, regionBetween, regionText } from "../../../src/page/display/region.js";
import { trendSeries, withImage } from "../../../src/page/display/region-trend.js";
import { viewImage } from "../../helpers/view-images.js";

const SHAPE = [3, 4] as const;

const image = viewImage({
  shape: [...SHAPE],
  data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, Number.NaN, 1e6),
  status: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4),
});

test("a region comes to the sum, mean and maximum of its good pixels", (t) => {
  const reading = readRegion(image, { rows: [1, 3], columns: [1, 4] });
  t.like(reading, { sum: 31, mean: 7.75, maximum: 10, goodPixels: 4, pixels: 6 });
  t.deepEqual(reading?.columnMeans, [8, 7, 8]);
  t.deepEqual(reading?.rowMeans, [7, 10]);
});

test("a region without a good pixel has no mean, and one beyond the image no reading", (t) => {
  const reading = readRegion(image, { rows: [2, 3], columns: [2, 4] });
  t.like(reading, { sum: 0, mean: Number.NaN, maximum: Number.NaN, goodPixels: 0 });
  t.deepEqual(reading?.rowMeans, [null]);
  t.is(readRegion(image, { rows: [0, 4], columns: [0, 1] }), undefined);
});

test("a drawn region has both corners' pixels, and ends with the image", (t) => {
  t.deepEqual(regionBetween({ row: 1.9, column: 3.2 }, { row: 0.5, column: 1 }, SHAPE), {
    rows: [0, 2],
    columns: [1, 4],
  });
  t.deepEqual(regionBetween({ row: -5, column: -5 }, { row: 90, column: 90 }, SHAPE), {
    rows: [0, 3],
    columns: [0, 4],
  });
  t.is(regionBetween({ row: 5, column: 5 }, { row: 9, column: 9 }, SHAPE), undefined);
});

test("a region is typed as numpy slices it", (t) => {
  t.deepEqual(parseRegion(" [0:2, 1:4] ", SHAPE), { rows: [0, 2], columns: [1, 4] });
  t.is(regionText({ rows: [0, 2], columns: [1, 4] }), "0:2, 1:4");
  for (const text of ["", "0:2", "2:2, 0:1", "0:4, 0:1", "-1:2, 0:1", "a:b, c:d", "0:1, 0:1, 0:1"])
    t.is(parseRegion(text, SHAPE), undefined, text);
});

const at = (timestampSeconds: number, value = 1) => {
  const shown = viewImage({ shape: [1, 1], data: Float32Array.of(value) });
  return { ...shown, header: { ...shown.header, timestampSeconds } };
};
const ALL = { rows: [0, 1], columns: [0, 1] } as const;

test("a trend has each image once, for two minutes", (t) => {
  let trend = withImage(null, at(100, 5), ALL);
  trend = withImage(trend, at(100, 5), ALL);
  trend = withImage(trend, at(101, Number.NaN), ALL);
  t.deepEqual(trendSeries(trend, "mean"), [
    [100, 101],
    [5, null],
  ]);
  trend = withImage(trend, at(220.5, 6), ALL);
  t.deepEqual(trendSeries(trend, "sum"), [
    [101, 220.5],
    [0, 6],
  ]);
});

test("a trend begins again with another region, image or recording", (t) => {
  const trend = withImage(withImage(null, at(100), ALL), at(101), ALL);
  t.is(trend.points.length, 2);
  t.is(withImage(trend, at(50), ALL).points.length, 1);
  const raw = at(102);
  t.is(withImage(trend, { ...raw, header: { ...raw.header, image: "raw" } }, ALL).points.length, 1);
  const outside = withImage(trend, at(102), { rows: [0, 1], columns: [0, 2] });
  t.like(outside, { reading: null, points: [] });
});
