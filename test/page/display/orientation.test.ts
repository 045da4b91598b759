import test from "ava";
import {
  drawingMatrix,
  mirrored,
  type Orientation,
  transposed,
  turned,
  UPRIGHT,
} from "../../../src/page/display/orientation.js";
import { viewImage } from "../../helpers/view-images.js";

const SHAPE = [2, 3] as const;
const IMAGE = ["abc", "def"];

/** An image of letters as it is drawn. */
function drawn(orientation: Orientation): string[] {
  const [a, b, c, d, e, f] = drawingMatrix(orientation, SHAPE);
  const [rows, columns] = SHAPE;
  const picture: string[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const [across, down] = [Math.floor(a * x + c * y + e), Math.floor(b * x + d * y + f)];
      picture[down] ??= [];
      (picture[down] as string[])[across] = IMAGE[row]?.[column] ?? "";
    }
  }
  return picture.map((line) => line.join(""));
}

test("quarter turns are clockwise, and four of them are none", (t) => {
  let orientation = UPRIGHT;
  const seen: string[][] = [];
  for (let turns = 0; turns < 4; turns++) {
    seen.push(drawn(orientation));
    orientation = turned(orientation);
  }
  t.deepEqual(seen, [
    ["abc", "def"],
    ["da", "eb", "fc"],
    ["fed", "cba"],
    ["cf", "be", "ad"],
  ]);
  t.deepEqual(orientation, UPRIGHT);
});

test("what is mirrored is turned clockwise as it is seen", (t) => {
  const mirror = mirrored(UPRIGHT);
  t.deepEqual(drawn(mirror), ["cba", "fed"]);
  t.deepEqual(drawn(turned(mirror)), ["fc", "eb", "da"]);
  t.deepEqual(drawn(mirrored(turned(UPRIGHT))), ["ad", "be", "cf"]);
  t.deepEqual(mirrored(mirror), UPRIGHT);
});

test("a transposed image has its rows as columns", (t) => {
  const image = viewImage({
    shape: [2, 3],
    data: Uint16Array.of(1, 2, 3, 4, 5, 6),
    status: Uint8Array.of(0, 0, 0, 1, 0, 0),
  });
  const { header, data, status } = transposed(image);
  t.deepEqual(header.shape, [3, 2]);
  t.deepEqual([...data], [1, 4, 2, 5, 3, 6]);
  t.deepEqual([...status], [0, 1, 0, 0, 0, 0]);
});
