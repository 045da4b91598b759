import { setTimeout } from "node:timers/promises";
import test from "ava";
import { Backlog } from "../../src/events/backlog.js";

/** Longer than an event loop that is not held up takes for a turn. */
const STALL_MS = 200;

test("after a stall all streams may have a backlog, each until it has nothing at hand", async (t) => {
  const backlog = new Backlog(2);
  t.is(backlog.stalledMs, 0);
  const end = performance.now() + STALL_MS;
  while (performance.now() < end);
  t.true(backlog.stalledMs >= STALL_MS);
  // What was waited for while the process stood still may have come at any time.
  t.true(backlog.isQueued(0, true));
  backlog.drained(1);
  t.true(backlog.isQueued(1, false));
  await setTimeout(10);
  t.false(backlog.isQueued(0, true));
  t.true(backlog.isQueued(1, false));
  // A stream that brings nothing, because its module is dead, has none either.
  backlog.drained(1);
  t.is(backlog.stalledMs, 0);
});
