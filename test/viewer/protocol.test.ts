import test from "ava";
import { decodeImage, encodeImageHeader, type ImageHeader } from "../../src/viewer/protocol.js";

const HEADER: ImageHeader = {
  image: "calibrated",
  sequence: 7,
  eventId: "18446744073709551615",
  timestampSeconds: 1.5,
  dtype: "float32",
  shape: [2, 3],
  binning: 1,
  unit: "photons",
  incomplete: false,
  wrongConstants: false,
  frames: 1,
  moduleBorders: [{ from: 1, to: 1 }],
};

/** A message as a server sends it. */
function message(header: ImageHeader, data: Uint8Array, status: Uint8Array): ArrayBuffer {
  const start = encodeImageHeader(header);
  const bytes = new Uint8Array(start.length + data.length + status.length);
  bytes.set(start);
  bytes.set(data, start.length);
  bytes.set(status, start.length + data.length);
  return bytes.buffer;
}

for (const unit of ["photons", "p", "ph", "keV – Ω", ""]) {
  test(`an image with the unit '${unit}' arrives as it was sent, its data where arrays can begin`, (t) => {
    const data = Float32Array.of(0, -1.5, 3e7, Number.NaN, 5, 6);
    const status = Uint8Array.of(0, 0, 0, 2, 0, 1);
    const image = decodeImage(message({ ...HEADER, unit }, new Uint8Array(data.buffer), status));
    t.deepEqual(image.header, { ...HEADER, unit });
    t.deepEqual(image.data, data);
    t.deepEqual([...image.status], [...status]);
    t.is(image.data.byteOffset % 8, 0);
  });
}

test("an image with one value for 2×2 pixels has the frame's shape, and less data", (t) => {
  const data = Float32Array.of(1, 2, 3, 4);
  const header: ImageHeader = { ...HEADER, shape: [3, 4], binning: 2 };
  const image = decodeImage(message(header, new Uint8Array(data.buffer), Uint8Array.of(0, 0, 2, 0)));
  t.deepEqual(image.header, header);
  t.deepEqual(image.data, data);
  t.deepEqual([...image.status], [0, 0, 2, 0]);
});

test("words and whole numbers keep their type", (t) => {
  const words = Uint16Array.of(0, 1, 0xc000, 0xffff, 4, 5);
  const raw = decodeImage(
    message({ ...HEADER, dtype: "uint16" }, new Uint8Array(words.buffer), new Uint8Array(6)),
  );
  t.deepEqual(raw.data, words);
  const whole = Int32Array.of(-1, 2, 3, 4, 5, -(2 ** 31));
  const rounded = decodeImage(
    message({ ...HEADER, dtype: "int32" }, new Uint8Array(whole.buffer), new Uint8Array(6)),
  );
  t.deepEqual(rounded.data, whole);
});
