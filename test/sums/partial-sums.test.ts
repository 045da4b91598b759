import test from "ava";
import fc from "fast-check";
import { seededRandom } from "../../src/simulator/random.js";
import { createSums, PartialSums } from "../../src/sums/index.js";

const PIXELS = 70; // of the last block only a part

/** Values of all magnitudes, of which plain sums depend on the order. */
const frame = (number: number) => ({
  data: Float32Array.from(
    { length: PIXELS },
    (_, pixel) => Math.sin(number * 31 + pixel) * 10 ** (((number + pixel) % 11) - 5),
  ),
  status: Uint8Array.from({ length: PIXELS }, (_, pixel) => (pixel === number % PIXELS ? 1 : 0)),
});

const WAYS = { "with SIMD": createSums, "without SIMD": PartialSums.ofPixels };

for (const [way, create] of Object.entries(WAYS)) {
  test(`sums are equal to the last bit in any order, and after a journey: ${way}`, (t) => {
    const single = create(PIXELS);
    const shares = [0, 1, 2, 3].map(() => create(PIXELS));
    for (let number = 0; number < 1000; number++) {
      single.add(frame(number));
      shares[number % 4]?.add(frame(number));
    }
    const merged = PartialSums.ofPixels(PIXELS);
    for (const share of shares.reverse())
      merged.merge(PartialSums.fromBytes(share.toBytes(), PIXELS, share.frames));
    t.is(merged.frames, 1000);
    t.deepEqual(merged.sum, single.sum);
    t.deepEqual(merged.maximum, single.maximum);
  });
}

test("SIMD gives the same bits as a loop over the pixels", (t) => {
  t.not(Object.getPrototypeOf(createSums(1)), PartialSums.prototype, "this machine has SIMD");
  const odd = [
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1e30,
    2 ** -21,
    3 * 2 ** -21,
    5e-324,
    -(2 ** 31),
  ];
  const scenario = fc.record({
    seed: fc.integer(),
    pixels: fc.constantFrom(1, 15, 16, 17, 1000),
    bad: fc.constantFrom(0, 0.01, 0.5, 1),
    Values: fc.constantFrom(Float32Array, Int32Array, Uint16Array),
    decades: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(scenario, ({ seed, pixels, bad, Values, decades }) => {
      const random = seededRandom(seed);
      const [simd, scalar] = [createSums(pixels), PartialSums.ofPixels(pixels)];
      for (let number = 0; number < 4; number++) {
        const value = () =>
          random() < 0.1
            ? (odd[Math.floor(odd.length * random())] as number)
            : (random() - 0.5) * 10 ** (decades * random());
        const data = new Values(pixels).map(value);
        const status = new Uint8Array(pixels).map(() => (random() < bad ? 1 + 5 * random() : 0));
        const added = number === 3 ? { data } : { data, status };
        simd.add(added);
        scalar.add(added);
        t.deepEqual(simd.status, scalar.status);
        t.deepEqual(simd.sum, scalar.sum);
        t.deepEqual(simd.maximum, scalar.maximum);
      }
      t.is(simd.frames, 4);
    }),
  );
});
