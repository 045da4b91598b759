import test from "ava";
import { seriesOf, signalSeries, withSample } from "../../../src/page/display/history.js";
import type { Sample } from "../../../src/viewer/protocol.js";

const sample = (time: number, other: Partial<Sample> = {}): Sample => ({
  time,
  eventsPerSecond: 10,
  detectedPerSecond: null,
  lagSeconds: null,
  skipped: 0,
  partial: 0,
  unpaired: 0,
  incomplete: 0,
  badPixels: 0,
  signals: {},
  ...other,
});

test("keeps two minutes", (t) => {
  let history: readonly Sample[] = [];
  for (let time = 0; time <= 200; time += 10) history = withSample(history, sample(time));
  t.deepEqual([history[0]?.time, history.at(-1)?.time], [80, 200]);
});

test("a sample that is known already changes nothing", (t) => {
  const history = withSample([], sample(5));
  t.is(withSample(history, sample(5)), history);
  t.is(withSample(history, sample(4)), history);
});

test("levels are shown as they are", (t) => {
  const history = [sample(1, { lagSeconds: 0.5 }), sample(2)];
  t.deepEqual(seriesOf(history, "lagSeconds"), [
    [1, 2],
    [0.5, null],
  ]);
});

test("counters are shown per second; a restart is no growth", (t) => {
  const history = [
    sample(1, { skipped: 5 }),
    sample(1.5, { skipped: 8 }),
    sample(2),
    sample(3, { skipped: 1 }),
  ];
  t.deepEqual(seriesOf(history, "skipped")[1], [null, 6, null, 1]);
});

test("signals are shown as they are; one that came later has no value before", (t) => {
  const history = [
    sample(1),
    sample(2, { signals: { "roi.sum": 7 } }),
    sample(3, { signals: { "roi.sum": null } }),
  ];
  t.deepEqual(signalSeries(history, "roi.sum"), [
    [1, 2, 3],
    [null, 7, null],
  ]);
});
