import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { withFaults } from "../../src/simulator/index.js";

const dim = [new Uint16Array(JUNGFRAU_1M.pixels).fill(2500), new Uint16Array(JUNGFRAU_1M.pixels)];
const frame = (index: number) => ({ raw: dim[index % 2] as Uint16Array, daqInfo: 0 });
const acquisition = { layout: JUNGFRAU_1M, rateHz: 10 };
const nearLimit = (raw: Uint16Array) =>
  raw.filter((word) => word >> 14 === 3 && (word & 0x3fff) <= 2000).length;

test("without faults, frames are as they are", (t) => {
  t.is(withFaults(frame, [], acquisition), frame);
});

test("bright pixels come after so many seconds, at the end of G2 and near it", (t) => {
  const bright = withFaults(frame, [{ name: "bright", value: 0.5 }], acquisition);
  t.deepEqual(bright(4), frame(4));
  const { raw, daqInfo } = bright(5);
  t.is(daqInfo, 0);
  t.true(nearLimit(raw) > 100 && nearLimit(raw) < 150);
  t.is(raw.filter((word) => word === 0xc000).length, 13);
  t.is(nearLimit(frame(5).raw), 0, "the scene itself stays as it is");
  t.is(bright(7).raw, raw, "made once for each image");
});
