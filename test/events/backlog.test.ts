import test from "ava";
import { Backlog } from "../../src/events/backlog.js";

test("after a stall all streams may have a backlog, each until it has nothing at hand", (t) => {
  let nowMs = 0;
  const backlog = new Backlog(2, () => nowMs);
  t.is(backlog.stalledMs, 0);
  nowMs += 200;
  t.is(backlog.stalledMs, 200);
  // What was waited for while the process stood still may have come at any time.
  t.true(backlog.isQueued(0, true));
  backlog.drained(1);
  t.true(backlog.isQueued(1, false));
  // Sockets hand over bit by bit what has come.
  nowMs += 50;
  backlog.look();
  t.true(backlog.isQueued(0, true));
  nowMs += 60;
  backlog.look();
  t.false(backlog.isQueued(0, true));
  t.true(backlog.isQueued(1, false));
  // A stream that brings nothing, because its module is dead, has none either.
  backlog.drained(1);
  t.is(backlog.stalledMs, 0);
});

test("an event loop that turns as it should makes no backlog", (t) => {
  let nowMs = 0;
  const backlog = new Backlog(1, () => nowMs);
  for (; nowMs < 1000; nowMs += 50) backlog.look();
  t.false(backlog.isQueued(0, false));
});
