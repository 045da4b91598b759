import test from "ava";
import { backOffSeconds } from "../../../src/page/display/back-off.js";
import { DisplayedRate } from "../../../src/page/display/displayed-rate.js";

test("a page tries again soon at first, and never waits longer than five seconds", (t) => {
  t.deepEqual([0, 1, 2, 3, 4, 50, 5000].map(backOffSeconds), [0.5, 1, 2, 4, 5, 5, 5]);
});

test("the displayed rate is that of the last three seconds", (t) => {
  const rate = new DisplayedRate();
  t.is(rate.perSecond(0), 0);
  for (let i = 0; i < 60; i++) rate.add(i / 10);
  t.is(rate.perSecond(5.95), 10);
  t.is(rate.perSecond(20), 0);
});
