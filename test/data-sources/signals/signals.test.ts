import test from "ava";
import type { DetectorFrame, RadialProfile } from "../../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../../src/detector.js";
import { seededRandom } from "../../../src/simulator/random.js";
import { dataSourceContract } from "../../../src/testing/index.js";
import { flatConstants } from "../../helpers/calibrators.js";
import { codesAndMessages } from "../../helpers/faults.js";
import { aDataEvent } from "../../helpers/module-frames.js";
import { signalOf } from "../../helpers/signals.js";

/** Pixels in all stages, and bad ones of every kind. */
function manyWords(seed: number): Uint16Array {
  const random = seededRandom(seed);
  const words = new Uint16Array(JUNGFRAU_1M.pixels).map(() => 2400 + 900 * random());
  for (let i = 0; i < 20_000; i++) {
    const word = [0x4000 | 12000, 0xc000 | 12000, 0xc000 | 2000, 0xc000 | 2001, 0xc000, 0xffff, 0x8001];
    words[Math.floor(random() * words.length)] = word[i % word.length] as number;
  }
  return words;
}

const constants = { ...flatConstants(), masked: new Uint8Array(JUNGFRAU_1M.pixels) };
constants.masked.fill(1, 500 * 1024 + 300, 500 * 1024 + 340);
for (let pixel = 7; pixel < JUNGFRAU_1M.pixels; pixel += 1001) constants.gains[pixel] = 0;
const words = manyWords(1);
const event = aDataEvent({ words });

const FRAMES = [
  "",
  "detector_rounded: true",
  "detector_units: keV, detector_fill_value: -1",
  "detector_geometry: {module_gap_rows: 3, double_pixels: keep}",
  "detector_calibration: false",
  "detector_calibration: false, detector_geometry: {module_gap_rows: 3, double_pixels: keep}",
];
const HOW = ["getData", "borrowData"] as const;

/** A newcomer's loop over the good pixels of a frame. */
function forEachGood(
  frame: DetectorFrame,
  visit: (value: number, row: number, column: number) => void,
): void {
  const [rows, columns] = frame.shape;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = frame.data[row * columns + column] as number;
      if ((frame.status?.[row * columns + column] ?? 0) !== 0) continue;
      if (frame.dtype === "uint16" && value === 0xffff) continue;
      visit(value, row, column);
    }
  }
}

const near = (a: number, b: number, tolerance = 1e-9) =>
  Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1);
/** Of sums, of which a part is added in float32. */
const nearSum = (a: number, b: number) => near(a, b, 1e-6);

for (const frameKeys of FRAMES) {
  const of = frameKeys || "by default";

  test(`a region is what its good pixels are: ${of}`, async (t) => {
    const keys = `signal_rows: [490, 530], signal_columns: [280, 999], ${frameKeys}`;
    const source = await signalOf("RegionOfInterestJungfrau1MZmq", keys, constants);
    for (const how of HOW) {
      const expected = { sum: 0, maximum: Number.NEGATIVE_INFINITY, good: 0 };
      forEachGood(source.frame(event, how), (value, row, column) => {
        if (row < 490 || row >= 530 || column < 280 || column >= 999) return;
        expected.sum += value;
        expected.maximum = Math.max(expected.maximum, value);
        expected.good++;
      });
      const { sum, mean, ...rest } = source.value(event, how) as Record<string, number>;
      t.deepEqual(rest, { maximum: expected.maximum, good_pixels: expected.good });
      t.true(expected.good > 20_000 && expected.good < 40 * 719);
      t.true(nearSum(Number(sum), expected.sum) && nearSum(Number(mean), expected.sum / expected.good));
    }
  });

  test(`lit pixels are those above the threshold: ${of}`, async (t) => {
    const threshold = frameKeys.includes("calibration: false") ? 3000 : 1.25;
    const keys = `signal_threshold: ${threshold}, signal_minimum: 5000, ${frameKeys}`;
    const source = await signalOf("LitPixelsJungfrau1MZmq", keys, constants);
    for (const how of HOW) {
      let lit = 0;
      forEachGood(source.frame(event, how), (value) => {
        if (value > threshold) lit++;
      });
      t.deepEqual(source.value(event, how), { lit, hit: true });
      t.true(lit > 5000);
    }
  });

  test(`saturation is that of the words: ${of}`, async (t) => {
    const source = await signalOf("SaturationJungfrau1MZmq", frameKeys, constants);
    const masks = !frameKeys.includes("calibration: false");
    const expected = { g1: 0, g2: 0, saturated: 0, near_limit: 0 };
    for (const [pixel, word] of words.entries()) {
      if (word === 0xffff || (masks && constants.masked[pixel] === 1)) continue;
      if (word >> 14 === 1) expected.g1++;
      if (word >> 14 === 3) expected.g2++;
      if (word === 0xc000) expected.saturated++;
      if (word >> 14 === 3 && (word & 0x3fff) <= 2000) expected.near_limit++;
    }
    t.true(expected.near_limit > 2 * 2500 && expected.near_limit < expected.g2);
    for (const how of HOW) t.deepEqual(source.value(event, how), expected);
  });

  test(`a profile is the mean of each ring: ${of}`, async (t) => {
    const keys = `signal_beam_centre: [500.3, 620.7], signal_bins: 57, ${frameKeys}`;
    const source = await signalOf("RadialProfileJungfrau1MZmq", keys, constants);
    for (const how of HOW) {
      const [sums, pixels] = [new Float64Array(57), new Uint32Array(57)];
      const frame = source.frame(event, how);
      const width = Math.hypot(Math.max(500.3, frame.shape[0] - 501.3), 620.7) / 57;
      forEachGood(frame, (value, row, column) => {
        const ring = Math.min(Math.floor(Math.hypot(row - 500.3, column - 620.7) / width), 56);
        sums[ring] = Number(sums[ring]) + value;
        pixels[ring] = Number(pixels[ring]) + 1;
      });
      const { unit, centres, mean, good_pixels } = source.value(event, how) as RadialProfile;
      t.is(unit, "pixels");
      t.deepEqual(good_pixels, pixels);
      for (const [ring, sum] of sums.entries()) {
        t.true(nearSum(mean[ring] as number, sum / Number(pixels[ring])));
        t.true(near(centres[ring] as number, (ring + 0.5) * width));
      }
    }
  });
}

test("a frame with fewer lit pixels than the minimum is no hit, and one with as many is", async (t) => {
  const source = await signalOf(
    "LitPixelsJungfrau1MZmq",
    "signal_threshold: 0.5, signal_minimum: 2",
    constants,
  );
  const lit = (columns: number[]) =>
    aDataEvent({ fill: 2500, pixels: columns.map((column) => [0, column, 2820] as const) });
  t.deepEqual(source.value(lit([1])), { lit: 1, hit: false });
  t.deepEqual(source.value(lit([1, 2])), { lit: 2, hit: true });
});

test("a region without a good pixel has no mean and no maximum", async (t) => {
  const keys = "signal_rows: [500, 501], signal_columns: [300, 340]";
  const source = await signalOf("RegionOfInterestJungfrau1MZmq", keys, constants);
  t.deepEqual(source.value(event), { sum: 0, mean: null, maximum: null, good_pixels: 0 });
});

test("a ring without a good pixel has no mean", async (t) => {
  const source = await signalOf(
    "RadialProfileJungfrau1MZmq",
    "signal_beam_centre: [-5000, 0], signal_bins: 2",
    constants,
  );
  const { mean, good_pixels } = source.value(event) as RadialProfile;
  t.is(good_pixels[0], 0);
  t.true(Number.isNaN(mean[0]) && Number(mean[1]) > 0);
});

test("rings are in 1/Å where distance and photon energy are known", async (t) => {
  const at = "signal_beam_centre: [0, 0], signal_bins: 1";
  const corner = async (keys: string) => {
    const source = await signalOf("RadialProfileJungfrau1MZmq", `${at}${keys}`, constants);
    const { unit, centres } = source.value(event) as RadialProfile;
    return [unit, 2 * Number(centres[0])] as const;
  };
  const q = (distanceMm: number, keV: number) =>
    ((4 * Math.PI * keV) / 12.398419843320026) *
    Math.sin(Math.atan2(Math.hypot(1023, 1023) * 0.075, distanceMm) / 2);
  const isNear = ([unit, value]: readonly [string, number], expected: number) =>
    unit === "1/Å" && near(value, expected);
  t.deepEqual(await corner(""), ["pixels", Math.hypot(1023, 1023)]);
  t.true(isNear(await corner(", signal_distance_mm: 100"), q(100, 8)));
  t.true(isNear(await corner(", fallback_detector_distance: 150"), q(150, 8)));
  t.true(isNear(await corner(", signal_distance_mm: 100, signal_photon_energy_kev: 12.4"), q(100, 12.4)));
});

test("pixels without constants are guarded, too: darks may be of G0 alone", async (t) => {
  const onlyG0 = flatConstants();
  onlyG0.pedestals.fill(Number.NaN, JUNGFRAU_1M.pixels);
  const source = await signalOf("SaturationJungfrau1MZmq", "", onlyG0);
  const bright = aDataEvent({ fill: 2500, pixels: [[3, 4, 0xc000 | 100]] });
  t.deepEqual(source.value(bright), { g1: 0, g2: 1, saturated: 0, near_limit: 1 });
  t.deepEqual(source.describe()?.alarms, [
    { signal: "near_limit", above: 20, advice: "Attenuate the beam: it may damage the detector." },
  ]);
});

const SOURCES: readonly (readonly [factory: string, keys: string])[] = [
  ["RegionOfInterestJungfrau1MZmq", "signal_rows: [0, 100], signal_columns: [0, 100]"],
  ["LitPixelsJungfrau1MZmq", "signal_threshold: 1, signal_minimum: 1"],
  ["SaturationJungfrau1MZmq", "signal_margin_adu: 100"],
  ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [511.5, 511.5]"],
];
for (const [factory, keys] of SOURCES) {
  // Two sources of frames, as each has memory for one frame.
  const frames = async () => [
    await signalOf(factory, keys, constants),
    await signalOf(factory, keys, constants),
  ];
  const events = [event, aDataEvent({ frameNumber: 2n, fill: 2600 })] as const;
  test(`${factory} keeps to the contract of data sources`, async (t) => {
    const [first, second] = await frames();
    if (first === undefined || second === undefined) return t.fail();
    const data = [
      { detector_data: first.frame(events[0]) },
      { detector_data: second.frame(events[1]) },
    ] as const;
    for (const { name, run } of dataSourceContract({ create: () => first.signal, events, data }))
      await t.notThrowsAsync(run, name);
    t.deepEqual(first.signal.dependsOn, ["detector_data"]);
  });

  test(`${factory} says which data it lacks`, async (t) => {
    const [source] = await frames();
    t.throws(() => source?.signal.getData({ event, data: {} }), {
      message: "it is made of 'detector_data', which the event does not have",
    });
    t.throws(() => source?.signal.getData({ event, data: { detector_data: 5 } }), {
      message: /'detector_data', which is no frame of a Jungfrau1MZmq/,
    });
  });
}

test("the counts of a borrowed frame end with it", async (t) => {
  const source = await signalOf("SaturationJungfrau1MZmq", "", constants);
  const [borrowed, owned] = [source.frame(event, "borrowData"), source.frame(event, "getData")];
  t.throws(() => borrowed.countAbove(1), { code: "HOST_EVENT_CLOSED" });
  t.true(owned.countAbove(1) > 0 && owned.countGainStages(0).g2 > 0);
  source.frame(event);
  t.true(owned.countAbove(1) > 0);
  t.throws(() => owned.countGainStages(0), { code: "HOST_EVENT_CLOSED" });
});

const WRONG: readonly (readonly [factory: string, keys: string, message: RegExp])[] = [
  ["RegionOfInterestJungfrau1MZmq", "signal_columns: [0, 1]", /signal_rows is missing/],
  [
    "RegionOfInterestJungfrau1MZmq",
    "signal_rows: [9, 9], signal_columns: [0, 1]",
    /^monitor\.yaml:1: data_retrieval_layer\.signal_rows is \[9, 9\]\. Write two whole numbers/,
  ],
  [
    "RegionOfInterestJungfrau1MZmq",
    "signal_rows: [0.5, 9], signal_columns: [0, 1]",
    /signal_rows\.0 is 0\.5\./,
  ],
  [
    "RegionOfInterestJungfrau1MZmq",
    "signal_rows: [1, 9, 12], signal_columns: [0, 1]",
    /signal_rows has 3 entries/,
  ],
  ["LitPixelsJungfrau1MZmq", "signal_threshold: .nan, signal_minimum: 1", /signal_threshold is NaN/],
  ["LitPixelsJungfrau1MZmq", "signal_threshold: 1, signal_minimum: 0", /signal_minimum is 0\. Write a whole/],
  ["SaturationJungfrau1MZmq", "signal_margin_adu: 20000", /signal_margin_adu is 20000\. .*0 to 16383/],
  ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [a, 1]", /signal_beam_centre is a list that holds/],
  ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [1]", /signal_beam_centre has 1 entries/],
  [
    "RadialProfileJungfrau1MZmq",
    "signal_beam_centre: [1, 1], fallback_detector_distance: -5",
    /fallback_detector_distance is -5\. Write a number above 0/,
  ],
];
for (const [factory, keys, message] of WRONG) {
  test(`${factory} refuses {${keys}}`, async (t) => {
    const [fault, ...others] = await codesAndMessages(signalOf(factory, keys, constants));
    t.regex(fault?.[1] ?? "", message);
    t.deepEqual(others, []);
  });
}

test("a region that is not within the frame is a fault of each event, with the place in the file", async (t) => {
  const keys = "signal_rows: [1000, 1100], signal_columns: [0, 1]";
  const source = await signalOf("RegionOfInterestJungfrau1MZmq", keys, constants);
  t.throws(() => source.value(event), {
    message: /^monitor\.yaml:1: .*signal_rows is \[1000, 1100\], but the frame has 1024 rows\./,
  });
});
