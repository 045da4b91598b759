import test from "ava";
import { PIXEL_STATUS } from "../../../src/calibration/index.js";
import { coloursOf, type Painting, paintImage, TABLE_COLOURS } from "../../../src/page/display/colours.js";

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

test("reads colours as a colour input gives them", (t) => {
  t.deepEqual(coloursOf("#ff3b04"), [255, 59, 4]);
});
