import test from "ava";
import { SendBudget } from "../../../src/viewer/server/send-budget.js";

test("what was sent is earned back before more is sent, at the rate of the budget", (t) => {
  let now = 0;
  const budget = new SendBudget(1000, () => now);
  let sent = 0;
  let waited = 0;
  while (now < 10_000) {
    const wait = budget.waitMs;
    if (wait === 0) {
      budget.spend(300);
      sent += 300;
    } else {
      waited += 1;
      now += wait;
    }
  }
  t.true(waited > 10);
  t.true(sent >= 10_000 && sent <= 10_000 + 100 + 300, `${sent}`);
});

test("a pause saves no more than a tenth of a second's bytes", (t) => {
  let now = 0;
  const budget = new SendBudget(1000, () => now);
  now = 3_600_000;
  t.is(budget.waitMs, 0);
  budget.spend(100);
  t.is(budget.waitMs, 0, "what is left is nothing, and that is not less");
  budget.spend(50);
  t.is(budget.waitMs, 50);
  now += 50;
  t.is(budget.waitMs, 0);
});
