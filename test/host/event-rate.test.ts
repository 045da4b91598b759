import test from "ava";
import { EventRate } from "../../src/host/index.js";
import { FixedClock } from "../helpers/fakes.js";

/** A rate, and its clock; `run` lets events come at even distances. */
function fixture() {
  const clock = new FixedClock();
  const rate = new EventRate(clock);
  const run = (perSecond: number, seconds: number) => {
    for (let event = 0; event < perSecond * seconds; event++) {
      rate.count();
      clock.seconds += 1 / perSecond;
    }
  };
  return { clock, rate, run };
}

for (const perSecond of [2, 10, 500]) {
  test(`${perSecond} Hz are shown as such one second after the first event, and later`, (t) => {
    const { clock, rate, run } = fixture();
    clock.seconds += 3600; // a monitor may wait long for its first frame
    for (const seconds of [1, 0.5, 2, 1, 4, 60]) {
      run(perSecond, seconds);
      const shown = rate.perSecond();
      t.true(Math.abs(shown - perSecond) <= 0.05 * perSecond, `${shown} of ${perSecond}`);
    }
  });
}

test("a rate is right wherever within a step of the window the first event comes", (t) => {
  for (const phaseSeconds of [0.01, 0.1, 0.25, 0.4, 0.499]) {
    const { clock, rate, run } = fixture();
    clock.seconds += phaseSeconds;
    run(10, 1);
    t.true(Math.abs(rate.perSecond() - 10) <= 0.5, `${rate.perSecond()} at ${phaseSeconds} s`);
  }
});

test("an acquisition after a pause is measured from its own first event", (t) => {
  const { clock, rate, run } = fixture();
  run(100, 10);
  clock.seconds += 20;
  t.is(rate.perSecond(), 0);
  run(10, 1);
  t.true(Math.abs(rate.perSecond() - 10) < 0.5, String(rate.perSecond()));
});

test("a burst is not taken for a rate before a second has passed", (t) => {
  const { clock, rate, run } = fixture();
  run(1000, 0.02);
  const atOnce = rate.perSecond();
  t.true(atOnce > 15 && atOnce <= 20, String(atOnce));
  clock.seconds += 2;
  const later = rate.perSecond();
  t.true(later > 8 && later <= 10, String(later));
});

test("one event alone is not more than one a second, and fades", (t) => {
  const { clock, rate } = fixture();
  rate.count();
  t.is(rate.perSecond(), 1);
  clock.seconds += 4;
  t.is(rate.perSecond(), 0.25);
  clock.seconds += 2;
  t.is(rate.perSecond(), 0);
});
