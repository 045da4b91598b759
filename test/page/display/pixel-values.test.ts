import test from "ava";
import { shortValue, visiblePixels } from "../../../src/page/display/pixel-values.js";
import { viewImage } from "../../helpers/view-images.js";

const image = viewImage({
  shape: [2, 3],
  data: Float32Array.of(1, 2, 3, 4, 5, 6),
  status: Uint8Array.of(0, 0, 0, 2, 0, 6),
});

test("the pixels on the screen are those between its corners, in any orientation", (t) => {
  const places = (...corners: Parameters<typeof visiblePixels> extends [unknown, ...infer C] ? C : never) =>
    visiblePixels(image, ...corners).map(({ row, column }) => `${row},${column}`);
  t.deepEqual(places({ row: 0.5, column: 0.5 }, { row: 0.9, column: 1.5 }), ["0,0", "0,1"]);
  t.deepEqual(places({ row: 9, column: 1.5 }, { row: -9, column: 0.5 }), ["0,0", "0,1", "1,0", "1,1"]);
  t.deepEqual(places({ row: 5, column: 5 }, { row: 9, column: 9 }), []);
  t.like(visiblePixels(image, { row: 1, column: 0 }, { row: 2, column: 1 })[0], { value: 4, isGood: false });
});

test("values in pixels are short", (t) => {
  t.deepEqual([0.12345, -0.000266, -3.456, 123.456, 16383, Number.NaN].map(shortValue), [
    "0.123",
    "0",
    "-3.46",
    "123",
    "16383",
    "–",
  ]);
});
