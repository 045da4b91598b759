import test from "ava";
import { PIXEL_STATUS } from "../../../src/calibration/index.js";
import {
  paintCells,
  paintImage,
  screenSpan,
  visibleAxis,
  wholeAxis,
} from "../../../src/page/display/cells.js";
import { coloursOf, type Painting, TABLE_COLOURS } from "../../../src/page/display/colours.js";

/** Colour i is i, 0, 255 - i. */
const table = new Uint8Array(4 * TABLE_COLOURS).map((_, i) =>
  i % 4 === 0 ? i / 4 : i % 4 === 1 ? 0 : i % 4 === 2 ? 255 - (i - 2) / 4 : 255,
);
const painting: Painting = { table, scale: "linear", domain: [0, 256], badColour: [1, 2, 3] };

function paint(values: readonly number[], status: Uint8Array, other: Partial<Painting> = {}) {
  const rgba = paintImage({ data: Float32Array.from(values), status }, { ...painting, ...other });
  return Array.from({ length: values.length }, (_, i) => [...rgba.subarray(4 * i, 4 * i + 4)]);
}

test("a value has its colour; values beyond the domain have those of its ends", (t) => {
  t.deepEqual(paint([0, 100, 255, 256, 1e9, -5], new Uint8Array(6)), [
    [0, 0, 255, 255],
    [100, 0, 155, 255],
    [255, 0, 0, 255],
    [255, 0, 0, 255],
    [255, 0, 0, 255],
    [0, 0, 255, 255],
  ]);
});

test("bad pixels have their own colour, and gaps none", (t) => {
  const { good, saturated, gap } = PIXEL_STATUS;
  t.deepEqual(paint([100, 100, Number.NaN], Uint8Array.of(saturated, gap, good)), [
    [1, 2, 3, 255],
    [0, 0, 0, 0],
    [1, 2, 3, 255],
  ]);
});

test("a value without a place on the scale is low, not bad", (t) => {
  const [negative, middle] = paint([-1, 10], new Uint8Array(2), { scale: "log", domain: [1, 100] });
  t.deepEqual(negative, [0, 0, 255, 255]);
  t.deepEqual(middle, [128, 0, 127, 255]);
});

/** Red channels of a picture, -1 where it is transparent: red is the value, of bad pixels 1. */
function reds(rgba: Uint8ClampedArray) {
  return Array.from({ length: rgba.length / 4 }, (_, i) => (rgba[4 * i + 3] === 0 ? -1 : rgba[4 * i]));
}

test("a cell of several pixels shows the brightest, or that one of them is bad", (t) => {
  const { good, gap, masked } = PIXEL_STATUS;
  const pixels = {
    data: Float32Array.of(9, 0, 0, 9, /**/ 0, 70, 0, 0, /**/ 5, 6, 0, 0, /**/ 7, 8, 0, 0),
    status: Uint8Array.of(0, 0, 0, masked, /**/ 0, 0, 0, good, /**/ gap, 0, gap, gap, /**/ 0, gap, gap, gap),
  };
  const half = { from: 0, to: 4, cells: 2 };
  t.deepEqual(reds(paintCells(pixels, 4, half, half, painting)), [70, 1, 7, -1]);
});

test("a part of the image is painted, each pixel in one cell", (t) => {
  const pixels = { data: Float32Array.from({ length: 20 }, (_, i) => i), status: new Uint8Array(20) };
  const rows = { from: 1, to: 3, cells: 2 };
  const columns = { from: 1, to: 4, cells: 3 };
  t.deepEqual(reds(paintCells(pixels, 5, rows, columns, painting)), [6, 7, 8, 11, 12, 13]);
  const uneven = { from: 0, to: 5, cells: 3 };
  t.deepEqual(reds(paintCells(pixels, 5, wholeAxis(4), uneven, painting)).slice(0, 3), [1, 3, 4]);
});

test("an axis has a cell for each visible pixel, and no more cells than the screen has pixels", (t) => {
  t.deepEqual(visibleAxis([0, 1024], 1024, 600), { from: 0, to: 1024, cells: 600 });
  t.deepEqual(visibleAxis([1034, -10], 1024, 522), { from: 0, to: 1024, cells: 512 });
  t.deepEqual(visibleAxis([10.5, 20.5], 1024, 600), { from: 10, to: 21, cells: 11 });
  t.deepEqual(visibleAxis([2000, 3000], 1024, 600), { from: 0, to: 0, cells: 0 });
});

test("a span of pixels is where the screen shows it, in both directions", (t) => {
  t.deepEqual(screenSpan([10, 30], [0, 100], false, 500), [50, 150]);
  t.deepEqual(screenSpan([10, 30], [100, 0], false, 500), [50, 150]);
  t.deepEqual(screenSpan([10, 30], [0, 100], true, 500), [350, 450]);
  t.deepEqual(screenSpan([10, 21], [10.5, 20.5], false, 100), [-5, 105]);
});

test("reads colours as a colour input gives them", (t) => {
  t.deepEqual(coloursOf("#ff3b04"), [255, 59, 4]);
});
