import test from "ava";
import { type NumberType, numbersFromBytes, numbersFromFloat16 } from "../../src/constants/number-bytes.js";

test("float16 of every kind", (t) => {
  const words = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555];
  t.deepEqual(
    [...numbersFromFloat16(Uint16Array.from(words))],
    [
      1,
      -2,
      65504,
      2 ** -24,
      -0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0.333251953125,
    ],
  );
});

/** The bytes of two numbers, little-endian. */
const NUMBERS: readonly (readonly [NumberType, hex: string, numbers: readonly number[]])[] = [
  ["f2", "003c00c0", [1, -2]],
  ["f4", "0000803f000000c0", [1, -2]],
  ["f8", "000000000000f03f00000000000000c0", [1, -2]],
  ["i1", "01fe", [1, -2]],
  ["u1", "01fe", [1, 254]],
  ["i2", "0100feff", [1, -2]],
  ["u2", "0100feff", [1, 65534]],
  ["i4", "01000000feffffff", [1, -2]],
  ["u4", "01000000feffffff", [1, 4294967294]],
  ["i8", "0100000000000000feffffffffffffff", [1, -2]],
  ["u8", "01000000000000000000000001000000", [1, 2 ** 32]],
];

/** Bytes at the beginning of their memory. */
const bytesOf = (hex: string) => {
  const bytes = Buffer.from(new ArrayBuffer(hex.length / 2));
  bytes.write(hex, "hex");
  return bytes;
};

for (const [type, hex, numbers] of NUMBERS) {
  test(`numbers of type ${type}, in both byte orders`, (t) => {
    t.deepEqual(
      [...(numbersFromBytes(bytesOf(hex), { type, isLittleEndian: true }) as Float64Array)],
      numbers,
    );
    const size = hex.length / 2;
    const swapped = [hex.slice(0, size), hex.slice(size)].map((one) =>
      Buffer.from(Buffer.from(one, "hex").reverse()).toString("hex"),
    );
    t.deepEqual(
      [...(numbersFromBytes(bytesOf(swapped.join("")), { type, isLittleEndian: false }) as Float64Array)],
      numbers,
    );
  });
}
