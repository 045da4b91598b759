import test from "ava";
import { PIXEL_STATUS } from "../../../src/calibration/pixel-status.js";
import { JUNGFRAU_1M, layoutOf } from "../../../src/detector.js";
import { Images } from "../../../src/viewer/server/images.js";
import type { Snapshot } from "../../../src/viewer/snapshot.js";

const SHAPE = [1024, 1024] as const;
const PIXELS = SHAPE[0] * SHAPE[1];

function snapshot(value: number, header: Partial<Snapshot["header"]> = {}): Snapshot {
  return {
    header: {
      eventId: String(value),
      timestampSeconds: value,
      dtype: "float32",
      shape: SHAPE,
      unit: "photons",
      incomplete: false,
      wrongConstants: false,
      hasRaw: true,
      ...header,
    },
    data: new Float32Array(PIXELS).fill(value),
    raw: new Uint16Array(PIXELS).fill(value),
    status: new Uint8Array(PIXELS),
  };
}

test("each image is of the newest frame, and says so", (t) => {
  let now = 0;
  const images = new Images(JUNGFRAU_1M, () => now);
  t.is(images.get("calibrated"), undefined);
  t.is(images.get("sum"), undefined);
  t.is(images.adcHistograms, null);
  images.add(snapshot(2));
  images.add(snapshot(3, { incomplete: true, wrongConstants: true }));

  const calibrated = images.get("calibrated");
  t.is(calibrated?.data[5], 3);
  t.like(calibrated?.header, {
    image: "calibrated",
    sequence: 2,
    binning: 1,
    eventId: "3",
    dtype: "float32",
    shape: SHAPE,
    unit: "photons",
    incomplete: true,
    wrongConstants: true,
    frames: 1,
    moduleBorders: [{ from: 512, to: 512 }],
  });
  t.like(images.get("raw")?.header, { image: "raw", dtype: "uint16", unit: "raw", eventId: "3" });
  t.is(images.get("raw")?.data[5], 3);
  t.is(images.get("sum")?.data[5], 5);
  t.like(images.get("sum")?.header, { image: "sum", dtype: "float32", frames: 2, unit: "photons" });
  t.is(images.get("maximum")?.data[5], 3);
  t.is(images.adcHistograms?.stages[0]?.[0], PIXELS);

  images.add(snapshot(4));
  t.is(images.get("sum")?.data[5], 5, "sums are made anew every so often");
  now = 1000;
  t.is(images.get("sum")?.data[5], 9);
  t.is(images.get("maximum")?.header.sequence, 3);
});

test("a reset and another window begin sums anew, at once", (t) => {
  const images = new Images(JUNGFRAU_1M, () => 0);
  images.add(snapshot(2));
  t.is(images.get("sum")?.data[0], 2);
  images.reset();
  t.is(images.get("sum"), undefined);
  t.deepEqual(images.accumulation, { frames: 0, window: null });
  images.setWindow(8);
  images.add(snapshot(3));
  t.deepEqual(images.accumulation, { frames: 1, window: 8 });
});

test("a monitor of raw frames has no sums, and says which words the receiver filled in", (t) => {
  const images = new Images(JUNGFRAU_1M, () => 0);
  const words = new Uint16Array(PIXELS).fill(100);
  words[3] = 0xffff;
  words[4] = 0xffff;
  const status = new Uint8Array(PIXELS);
  status[4] = PIXEL_STATUS.gap;
  images.add({
    ...snapshot(1, { dtype: "uint16", unit: "raw", incomplete: true, hasRaw: false }),
    data: words,
    raw: words,
    status,
  });
  t.is(images.get("calibrated"), undefined);
  t.is(images.get("sum"), undefined);
  const raw = images.get("raw");
  t.deepEqual([...(raw?.status.subarray(2, 5) ?? [])], [0, PIXEL_STATUS.missing, PIXEL_STATUS.gap]);
});

test("the borders of the modules are where the gaps are", (t) => {
  const borders = (rows: number, columns: number, layout = JUNGFRAU_1M) => {
    const images = new Images(layout, () => 0);
    const pixels = rows * columns;
    images.add({
      ...snapshot(1, { shape: [rows, columns] }),
      data: new Float32Array(pixels),
      raw: undefined,
      status: new Uint8Array(pixels),
    });
    return images.get("calibrated")?.header.moduleBorders;
  };
  t.deepEqual(borders(1024, 1024), [{ from: 512, to: 512 }]);
  t.deepEqual(borders(1024 + 36, 1024), [{ from: 512, to: 548 }]);
  t.deepEqual(borders(2 * 514 + 36, 1030), [{ from: 514, to: 550 }]);
  t.deepEqual(borders(512, 1024, layoutOf("JUNGFRAU 0.5M", 1)), []);
  t.deepEqual(borders(3 * 514 + 2 * 36, 1030, layoutOf("JUNGFRAU 1.5M", 3)), [
    { from: 514, to: 550 },
    { from: 1064, to: 1100 },
  ]);
});
