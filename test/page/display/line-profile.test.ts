import test from "ava";
import { lineProfile, lineText, parseLine } from "../../../src/page/display/line-profile.js";
import { viewImage } from "../../helpers/view-images.js";

const image = viewImage({
  shape: [3, 4],
  data: Float32Array.from({ length: 12 }, (_, i) => i),
  status: Uint8Array.of(0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0),
});
const line = (r0: number, c0: number, r1: number, c1: number) => ({
  from: { row: r0, column: c0 },
  to: { row: r1, column: c1 },
});

test("a line has the pixels nearest to it, and none where these are bad", (t) => {
  t.deepEqual(lineProfile(image, line(1, 0, 1, 3))?.values, [4, null, 6, 7]);
  t.deepEqual(lineProfile(image, line(2, 3, 0, 1)), {
    distances: [0, Math.SQRT2, 2 * Math.SQRT2],
    values: [11, 6, 1],
  });
  t.deepEqual(lineProfile(image, line(2, 2, 2, 2)), { distances: [0], values: [10] });
  t.is(lineProfile(image, line(0, 0, 3, 0)), undefined);
});

test("a line is typed as from and to", (t) => {
  const typed = line(0, 1, 2, 3);
  t.deepEqual(parseLine(lineText(typed), [3, 4]), typed);
  for (const text of ["", "0, 1", "0, 1 to 3, 0", "a, b to c, d", "-1, 0 to 1, 1"])
    t.is(parseLine(text, [3, 4]), undefined, text);
});
