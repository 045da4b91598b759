import test from "ava";
import { PIXEL_STATUS } from "../../../src/calibration/index.js";
import { formatValue, parsePlace, readPixel } from "../../../src/page/display/pixel-reading.js";
import { viewImage } from "../../helpers/view-images.js";

test("reads row and column as numpy indexes them", (t) => {
  const image = viewImage({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5.25) });
  t.deepEqual(readPixel(image, { row: 1, column: 2 }), {
    row: 1,
    column: 2,
    value: "5.25 photons",
    status: "good",
    isGood: true,
  });
});

test("there is no pixel beside the image", (t) => {
  const image = viewImage({ shape: [2, 3], data: new Float32Array(6) });
  for (const [row, column] of [
    [-1, 0],
    [0, -1],
    [2, 0],
    [0, 3],
  ] as const) {
    t.is(readPixel(image, { row, column }), undefined);
  }
});

test("says in words why a pixel is bad", (t) => {
  const statuses = Object.values(PIXEL_STATUS);
  const image = viewImage({
    shape: [1, statuses.length],
    data: new Float32Array(statuses.length).fill(Number.NaN),
    status: Uint8Array.from(statuses),
  });
  const words = statuses.map((_, column) => readPixel(image, { row: 0, column })?.status);
  t.is(new Set(words).size, statuses.length);
  for (const word of words) t.notRegex(word ?? "", /^status|^$/);
  t.is(words[PIXEL_STATUS.missing], "missing: not received");
});

test("a raw word is taken apart", (t) => {
  const data = Uint16Array.of(2500, 0x4000 | 13000, 0xc000 | 14000);
  const image = viewImage({ image: "raw", shape: [1, 3], data });
  const values = [0, 1, 2].map((column) => readPixel(image, { row: 0, column })?.value);
  t.deepEqual(values, ["2500 (G0, 2500 ADU)", "29384 (G1, 13000 ADU)", "63152 (G2, 14000 ADU)"]);
});

test("numbers have five digits, whole ones all of theirs", (t) => {
  t.deepEqual([1.23456789, 1234567, Number.NaN, -0.000123456].map(formatValue), [
    "1.2346",
    "1234567",
    "NaN",
    "-0.00012346",
  ]);
});

test("understands a place as people type it, and nothing beside the image", (t) => {
  for (const text of ["3, 5", " 3,5 ", "3 5", "[3, 5]", "3;5"]) {
    t.deepEqual(parsePlace(text, [4, 6]), { row: 3, column: 5 }, text);
  }
  for (const text of ["", "3", "4, 5", "3, 6", "-1, 2", "1.5, 2", "a, b", "1, 2, 3"]) {
    t.is(parsePlace(text, [4, 6]), undefined, text);
  }
});
