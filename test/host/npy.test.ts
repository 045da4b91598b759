import test from "ava";
import { encodeNpy, type NpyArray } from "../../src/host/npy.js";

const ARRAY: NpyArray = {
  dtype: "float32",
  shape: [2, 2],
  data: Float32Array.of(1, Number.NaN, -3, 5),
};

test("encodes npy as numpy's format says", (t) => {
  const bytes = encodeNpy(ARRAY);
  const header = Buffer.from(bytes.subarray(0, 128)).toString("latin1");
  t.is(header.slice(0, 8), "\x93NUMPY\x01\x00");
  t.is(bytes[8], 118);
  t.is(header.slice(10).trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }");
  t.is(header[127], "\n");
  t.is(bytes.length, 128 + 16);
  t.is(Buffer.from(bytes).readFloatLE(128 + 12), 5);
  t.true(
    Buffer.from(encodeNpy({ ...ARRAY, dtype: "uint16", data: Uint16Array.of(1, 2, 3, 4) })).includes("'<u2'"),
  );
});
