import test from "ava";
import { PartialSums } from "../../src/nats/index.js";

const PIXELS = 64;

/** Values of all magnitudes, of which plain sums depend on the order. */
const frame = (number: number) => ({
  data: Float32Array.from(
    { length: PIXELS },
    (_, pixel) => Math.sin(number * 31 + pixel) * 10 ** (((number + pixel) % 11) - 5),
  ),
  status: Uint8Array.from({ length: PIXELS }, (_, pixel) => (pixel === number % PIXELS ? 1 : 0)),
});

test("sums are equal to the last bit in any order, and after a journey", (t) => {
  const single = new PartialSums(PIXELS);
  const shares = [0, 1, 2, 3].map(() => new PartialSums(PIXELS));
  for (let number = 0; number < 1000; number++) {
    single.add(frame(number));
    shares[number % 4]?.add(frame(number));
  }
  const merged = new PartialSums(PIXELS);
  for (const share of shares.reverse())
    merged.merge(PartialSums.fromBytes(share.toBytes(), PIXELS, share.frames));
  t.is(merged.frames, 1000);
  t.deepEqual(merged.sum, single.sum);
  t.deepEqual(merged.maximum, single.maximum);
});
