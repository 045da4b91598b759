import test from "ava";
import { adcPedestal, findPedestalOffset } from "../../src/constants/pedestal-kind.js";

const offsets: [string, 0 | 1 | 2, number, number][] = [
  ["G0", 0, 2500, 0],
  ["14-bit G1", 1, 13500, 0],
  ["G1 from raw words", 1, 13500 + 16384, 16384],
  ["14-bit G2", 2, 14000, 0],
  ["G2 from uint16 words", 2, 14000 + 49152, 49152],
  ["G2 from int16 words", 2, 14000 - 16384, -16384],
];
for (const [what, stage, value, offset] of offsets) {
  test(`finds the offset of ${what}`, (t) => {
    t.is(findPedestalOffset([value, value + 1, value - 1], stage), offset);
  });
}

test("the ends of the ADC's range belong to it", (t) => {
  t.is(findPedestalOffset([1, 16383], 1), 0);
  t.is(findPedestalOffset([16384, 32767], 1), 16384);
  t.is(findPedestalOffset([-16384, -1], 2), -16384);
});

test("pixels that were not seen do not decide, and have no pedestal", (t) => {
  t.is(findPedestalOffset([0, Number.NaN, 63000], 2), 49152);
  t.is(findPedestalOffset([0, 0], 2), 0);
  t.is(adcPedestal(0, 0), Number.NaN);
  t.is(adcPedestal(0, -16384), Number.NaN);
  t.is(adcPedestal(Number.POSITIVE_INFINITY, 0), Number.NaN);
});

test("a few odd pixels do not decide, many make the map unusable", (t) => {
  // A thousand of the pixels that are looked at.
  const map = new Float32Array(61_000).fill(2500);
  map.fill(1e6, 0, 6100);
  t.is(findPedestalOffset(map, 0), 0);
  map.fill(1e6, 0, 6200);
  t.is(findPedestalOffset(map, 0), undefined);
});

test("one pixel that was seen decides, wherever it is", (t) => {
  const map = new Float32Array(1000);
  map[62] = 63000;
  t.is(findPedestalOffset(map, 2), 49152);
});

test("a map of another stage fits nothing", (t) => {
  t.is(findPedestalOffset([30000, 30001], 0), undefined);
  t.is(findPedestalOffset([63000, 63001], 1), undefined);
});
