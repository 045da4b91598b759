import test from "ava";
import { levelOf, Signals } from "../../src/host/index.js";
import { FixedClock } from "../helpers/fakes.js";

function collected(...events: Readonly<Record<string, unknown>>[]) {
  const signals = new Signals(new FixedClock());
  for (const data of events) signals.collect(data);
  return signals;
}
const valuesOf = (signals: Signals) =>
  Object.fromEntries([...signals.all].map(({ name, value }) => [name, value]));

test("numbers, booleans and flat objects of them are signals", (t) => {
  const signals = collected({
    diode: 2.5,
    shutter: true,
    roi: { sum: 7, mean: null, is_hit: false },
  });
  t.deepEqual(valuesOf(signals), { diode: 2.5, shutter: true, "roi.sum": 7, "roi.is_hit": false });
});

test("times, ids, texts, arrays, frames and nested objects are none", (t) => {
  const signals = collected({
    timestamp: 1.7e9,
    event_id: 7,
    number: 7n,
    text: "on",
    nothing: null,
    list: [1, 2],
    array: new Float32Array(2),
    frame: { dtype: "float32", shape: [1, 1], data: new Float32Array(1), g1AtLimit: 0 },
    mixed: { sum: 1, unit: "keV" },
    date: new Date(0),
  });
  t.deepEqual(valuesOf(signals), {});
});

test("a signal that the newest event lacks has no value, and is still there", (t) => {
  const signals = collected({ roi: { mean: 3 }, diode: 1 }, { roi: { mean: null } });
  t.deepEqual(valuesOf(signals), { "roi.mean": null, diode: null });
  t.is(signals.level("diode"), null);
  t.is(signals.level("other"), undefined);
});

test("what is no number, or of another type than before, has no value", (t) => {
  t.deepEqual(valuesOf(collected({ a: 1, b: true }, { a: Number.NaN, b: 2 })), { a: null, b: null });
  t.deepEqual(valuesOf(collected({ a: 1 }, { a: false })), { a: null });
});

test("of a boolean, the share of the last five seconds, and counts since the start", (t) => {
  const clock = new FixedClock();
  const signals = new Signals(clock);
  const hits = [true, false, false, true, true];
  for (const hit of hits) {
    signals.collect({ lit: { hit } });
    clock.seconds += 0.1;
  }
  const [hit] = signals.all;
  t.deepEqual([hit?.truth?.share, hit?.truth?.events, hit?.truth?.trueEvents], [0.6, 5, 3]);
  t.is(signals.level("lit.hit"), 0.6);
  clock.seconds += 4;
  signals.collect({ lit: { hit: true } });
  t.is(signals.level("lit.hit"), 4 / 6);
  clock.seconds += 6;
  t.is(signals.level("lit.hit"), null);
  t.deepEqual([hit?.truth?.events, hit && levelOf(hit)], [6, null]);
});

test("signals whose names never end do not fill the memory", (t) => {
  const signals = new Signals(new FixedClock());
  for (let i = 0; i < 1000; i++) signals.collect({ source: { [`key${i}`]: i } });
  t.is([...signals.all].length, 256);
});
