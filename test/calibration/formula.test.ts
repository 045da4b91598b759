import test from "ava";
import { calibrate, countMissing, formulaConstants, noBadPixels } from "../../src/calibration/index.js";

/** Constants of one pixel, three stages. */
const constants = {
  pedestals: Float32Array.of(2500, 13500, 14000),
  gains: Float64Array.of(40, -1.5, -0.125),
};

function calibrateOne(
  word: number,
  unit: "photons" | "keV" | "adu" = "photons",
  { pedestals, gains } = constants,
) {
  const out = new Float32Array(1);
  const bad = calibrate(Uint16Array.of(word), formulaConstants({ pedestals, gains }, unit, 8), -1, out);
  return { value: out[0], bad };
}

// Numbers that can be computed in the head: one pixel a stage.
const pixels: [string, number, "photons" | "keV" | "adu", number][] = [
  ["G0, one photon of 8 keV is 320 ADU", 2500 + 320, "photons", 1],
  ["G0 in keV", 2500 + 320, "keV", 8],
  ["G0 in ADU", 2500 + 320, "adu", 320],
  ["G0 below the pedestal", 2500 - 160, "photons", -0.5],
  ["G1, 100 photons are 1200 ADU down", 0x4000 | (13500 - 1200), "photons", 100],
  ["G1 at ADC value 0 is a value", 0x4000, "adu", -13500],
  ["G2, 1000 photons are 1000 ADU down", 0xc000 | (14000 - 1000), "photons", 1000],
];
for (const [what, word, unit, expected] of pixels) {
  test(`calibrates ${what}`, (t) => {
    t.deepEqual(calibrateOne(word, unit), { value: expected, bad: noBadPixels() });
  });
}

const badWords: [string, number, object][] = [
  ["a lost packet", 0xffff, { missing: 1 }],
  ["the end of G2", 0xc000, { saturated: 1 }],
  ["gain code 10", 0x8123, { invalidGainCode: 1 }],
];
for (const [what, word, reason] of badWords) {
  test(`marks ${what} bad`, (t) => {
    t.deepEqual(calibrateOne(word), { value: -1, bad: { ...noBadPixels(), ...reason } });
  });
  test(`marks ${what} bad for one reason, also without constants`, (t) => {
    const none = {
      pedestals: new Float32Array(3).fill(Number.NaN),
      gains: new Float64Array(3).fill(Number.NaN),
    };
    t.deepEqual(calibrateOne(word, "photons", none), { value: -1, bad: { ...noBadPixels(), ...reason } });
  });
}

test("a pixel without constants is bad in that stage only", (t) => {
  const odd = {
    pedestals: Float32Array.of(2500, Number.NaN, 14000),
    gains: Float64Array.of(40, -1.5, Number.NaN),
  };
  t.deepEqual(calibrateOne(2820, "photons", odd), { value: 1, bad: noBadPixels() });
  for (const word of [0x4000 | 12000, 0xc000 | 12000]) {
    t.deepEqual(calibrateOne(word, "photons", odd), { value: -1, bad: { ...noBadPixels(), noConstants: 1 } });
  }
});

test("counts the words that a receiver filled in", (t) => {
  t.is(countMissing(Uint16Array.of(0xffff, 1, 0xffff, 0xfffe)), 2);
});
