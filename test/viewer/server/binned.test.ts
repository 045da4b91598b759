import test from "ava";
import { PIXEL_STATUS } from "../../../src/viewer/protocol.js";
import { binned } from "../../../src/viewer/server/binned.js";
import { viewImage } from "../../helpers/view-images.js";

const { good, gap, masked, saturated } = PIXEL_STATUS;

test("2×2 pixels become their greatest, and a bad one or a gap stays what it is", (t) => {
  const image = viewImage({
    shape: [2, 8],
    data: Float32Array.of(1, -2, 5, 9, 3, 4, 0, 0, /**/ 0.5, -3, 6, 7, 0, 2, 0, 0),
    status: Uint8Array.of(
      ...[good, good, good, masked, gap, good, gap, gap],
      ...[good, good, good, good, gap, good, gap, gap],
    ),
  });
  const { header, data, status } = binned(image, 2);
  t.deepEqual(header, { ...image.header, binning: 2 });
  t.deepEqual([...data], [1, 7, 4, 0]);
  t.deepEqual([...status], [good, masked, good, gap]);
});

test("an odd edge has cells of fewer pixels, and each type of values stays", (t) => {
  const words = viewImage({
    image: "raw",
    shape: [3, 3],
    data: Uint16Array.from({ length: 9 }, (_, i) => i),
  });
  t.deepEqual(binned(words, 2).data, Uint16Array.of(4, 5, 7, 8));
  const whole = viewImage({ shape: [1, 2], data: Int32Array.of(-7, -5) });
  t.deepEqual(binned(whole, 2).data, Int32Array.of(-5));
});

test("a value that is no number does not look like one", (t) => {
  const image = viewImage({
    shape: [2, 2],
    data: Float32Array.of(1, Number.NaN, 8, 2),
    status: Uint8Array.of(good, good, saturated, good),
  });
  const { data, status } = binned(image, 2);
  t.deepEqual([data[0], status[0]], [Number.NaN, saturated]);
});
