import test from "ava";
import { frameRateText } from "../../../src/page/display/rate-text.js";
import { isBehind, type PageRate, slowPageText } from "../../../src/page/display/slow-page.js";
import type { Sample } from "../../../src/viewer/protocol.js";

const sample = (eventsPerSecond: number): Sample => ({
  time: 0,
  eventsPerSecond,
  detectedPerSecond: null,
  lagSeconds: null,
  skipped: 0,
  partial: 0,
  unpaired: 0,
  incomplete: 0,
  badPixels: 0,
  signals: {},
});
const SLOW: PageRate = {
  report: { sequence: 90, sample: sample(12.4) },
  shownSequence: 57,
  shownSinceSeconds: 100,
  deliveredSeconds: 100.4,
  displayedPerSecond: 1 / 3,
  liveSeconds: 9,
};

test("a slow page says its own pace and the monitor's", (t) => {
  t.is(slowPageText(SLOW), "This page is slow: 0.3 images/s, monitor 12 /s");
});

test("a page is not slow that shows the newest frame, has just begun, or shows what there is", (t) => {
  t.is(slowPageText({ ...SLOW, shownSequence: 90 }), null);
  t.is(slowPageText({ ...SLOW, shownSequence: null }), null);
  t.is(slowPageText({ ...SLOW, liveSeconds: 2 }), null);
  t.is(slowPageText({ ...SLOW, displayedPerSecond: 1 }), null);
  t.is(slowPageText({ ...SLOW, report: { sequence: 90, sample: sample(0.5) } }), null);
  t.is(slowPageText({ ...SLOW, report: null }), null);
});

test("a page is behind when the monitor has another frame, also after a restart", (t) => {
  t.true(isBehind(SLOW));
  t.true(isBehind({ ...SLOW, shownSequence: 5000 }));
  t.false(isBehind({ ...SLOW, shownSequence: 90 }));
});

test("a page is behind when the view takes none of the frames that are delivered", (t) => {
  t.true(isBehind({ ...SLOW, shownSequence: 90, deliveredSeconds: 103 }));
  t.false(isBehind({ ...SLOW, shownSequence: 90, deliveredSeconds: null }));
});

for (const [eventsPerSecond, detectedPerSecond, text] of [
  [10, null, "10 /s"],
  [10, 10.4, "10 /s"],
  [9.96, 5, "10.0 /s"],
  [25, 500, "25 of 500 /s"],
  [2, 9.5, "2.0 of 9.5 /s"],
  [490, 500, "490 /s"],
] as const) {
  test(`${eventsPerSecond} of ${detectedPerSecond} are ${text}`, (t) => {
    t.is(frameRateText({ eventsPerSecond, detectedPerSecond }), text);
  });
}
