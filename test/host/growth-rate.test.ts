import test from "ava";
import { detectedEvents, GrowthRate } from "../../src/host/index.js";
import { FixedClock } from "../helpers/fakes.js";

/** Reads a number twice a second while it grows. */
function fixture() {
  const clock = new FixedClock();
  const rate = new GrowthRate(clock);
  let value = 0;
  const run = (perSecond: number, seconds: number) => {
    for (let half = 0; half < 2 * seconds; half++) {
      clock.seconds += 0.5;
      value += perSecond / 2;
      rate.read(value);
    }
  };
  return { rate, run, restart: () => (value = 0) };
}

test("the growth of the last five seconds, and nothing before there is a second of it", (t) => {
  const { rate, run } = fixture();
  t.is(rate.perSecond, null);
  run(500, 1);
  t.is(rate.perSecond, null);
  run(500, 1);
  t.is(rate.perSecond, 500);
  run(100, 5);
  t.is(rate.perSecond, 100);
  run(0, 5);
  t.is(rate.perSecond, 0);
});

test("a number that falls begins again", (t) => {
  const { rate, run, restart } = fixture();
  run(500, 5);
  restart();
  run(20, 1);
  t.is(rate.perSecond, null);
  run(20, 1);
  t.is(rate.perSecond, 20);
});

test("what was not asked for counts once for all ports", (t) => {
  const counters = { paired: 100, partial: 3, unasked: 40, delivered: 7 };
  t.is(detectedEvents({ counters }), 143);
  const port = { problem: undefined, counters: {} };
  const inputs = [
    { ...port, name: "a" },
    { ...port, name: "b" },
  ];
  t.is(detectedEvents({ counters, inputs }), 123);
});
