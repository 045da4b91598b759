import test from "ava";
import fc from "fast-check";
import { Accumulation } from "../../../src/viewer/server/accumulation.js";

const frame = (values: readonly number[], status: readonly number[] = values.map(() => 0)) => ({
  data: Float32Array.from(values),
  status: Uint8Array.from(status),
});

test("sums and maxima are of measurements alone, whatever bad pixels hold", (t) => {
  const accumulation = new Accumulation();
  accumulation.add(frame([1, -2, 1e9, Number.NaN], [0, 0, 1, 2]));
  accumulation.add(frame([3, -5, 4, -1], [0, 0, 0, 5]));
  const { sum, maximum, status } = accumulation.read() ?? {};
  t.deepEqual([...(sum ?? [])], [4, -7, 4, Number.NaN]);
  t.deepEqual([...(maximum ?? [])], [3, -2, 4, Number.NaN]);
  t.deepEqual([...(status ?? [])], [0, 0, 0, 5], "a pixel that was good once is good; else its last reason");
  t.is(accumulation.frames, 2);
});

test("nothing is there before the first frame, after a reset, and when the window changes", (t) => {
  const accumulation = new Accumulation();
  t.is(accumulation.read(), undefined);
  accumulation.add(frame([1]));
  accumulation.reset();
  t.is(accumulation.read(), undefined);
  accumulation.add(frame([2]));
  t.deepEqual([...(accumulation.read()?.sum ?? [])], [2]);
  accumulation.setWindow(10);
  t.is(accumulation.read(), undefined);
  t.is(accumulation.window, 10);
});

test("a frame of another size begins anew", (t) => {
  const accumulation = new Accumulation();
  accumulation.add(frame([1, 2]));
  accumulation.add(frame([1, 2, 3]));
  t.deepEqual([...(accumulation.read()?.sum ?? [])], [1, 2, 3]);
  t.is(accumulation.frames, 1);
});

test("what was read does not change with the next frame", (t) => {
  const accumulation = new Accumulation();
  accumulation.add(frame([1]));
  const before = accumulation.read();
  accumulation.add(frame([5]));
  t.deepEqual([...(before?.sum ?? []), ...(before?.maximum ?? [])], [1, 1]);
});

test("many whole photons are counted exactly", (t) => {
  const accumulation = new Accumulation();
  for (let i = 0; i < 3; i++) accumulation.add(frame([2 ** 24]));
  accumulation.add(frame([1]));
  accumulation.add(frame([1]));
  accumulation.add(frame([2]));
  t.deepEqual([...(accumulation.read()?.sum ?? [])], [3 * 2 ** 24 + 4]);
});

test("a window holds the last frames, and no more than a quarter beside", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), { maxLength: 60 }),
      (window, frames) => {
        const accumulation = new Accumulation();
        accumulation.setWindow(window);
        for (const values of frames) accumulation.add(frame(values));
        const held = accumulation.frames;
        t.true(held >= Math.min(window, frames.length), `${held} of ${frames.length}`);
        t.true(held <= window + Math.ceil(window / 4), `${held} in a window of ${window}`);
        const last = frames.slice(frames.length - held);
        const column = (pixel: number) => last.map((values) => values[pixel] as number);
        const expected = [0, 1, 2].map((pixel) => ({
          sum: column(pixel).reduce((total, value) => total + value, 0),
          maximum: Math.max(...column(pixel)),
        }));
        const read = accumulation.read();
        t.deepEqual([...(read?.sum ?? [])], held === 0 ? [] : expected.map(({ sum }) => sum));
        t.deepEqual([...(read?.maximum ?? [])], held === 0 ? [] : expected.map(({ maximum }) => maximum));
      },
    ),
  );
});
