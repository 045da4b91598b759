import test from "ava";
import { adcHistograms } from "../../../src/viewer/server/adc-histograms.js";

test("words are counted by gain stage and ADC value; missing ones and invalid gain codes are not", (t) => {
  const words = Uint16Array.of(
    0,
    127,
    128,
    0x3fff,
    0x4000,
    0x7fff,
    0x8000,
    0xbfff,
    0xc000,
    0xfffe,
    0xffff,
    0xffff,
  );
  const { binWidth, stages } = adcHistograms(words);
  t.is(binWidth, 128);
  t.deepEqual(
    stages.map((counts) => counts.length),
    [128, 128, 128],
  );
  const filled = stages.map((counts) => counts.flatMap((count, bin) => (count === 0 ? [] : [[bin, count]])));
  t.deepEqual(filled, [
    [
      [0, 2],
      [1, 1],
      [127, 1],
    ],
    [
      [0, 1],
      [127, 1],
    ],
    [
      [0, 1],
      [127, 1],
    ],
  ]);
});
