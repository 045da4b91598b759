import test from "ava";
import { MonitorError } from "../../src/errors.js";
import { StreamProgress } from "../../src/events/stream-progress.js";
import { aModuleFrame, FakeModuleStream } from "../helpers/module-frames.js";

test("counts messages by what they are, and remembers the time of the first and the newest", (t) => {
  const progress = new StreamProgress(new FakeModuleStream("tcp://a:1"));
  t.is(progress.firstSeconds, undefined);
  progress.note({ kind: "end", repaired: false }, 5);
  t.true(progress.hasEnded);
  t.is(progress.firstSeconds, undefined);

  const [complete, incomplete] = [aModuleFrame(), aModuleFrame({ complete: false })];
  progress.note({ kind: "frame", frame: complete }, 10);
  progress.note({ kind: "frame", frame: incomplete }, 11);
  progress.note({ kind: "exposure", exposure: { frames: [complete, complete], timestampSeconds: 0 } }, 12);
  progress.note({ kind: "exposure", exposure: { frames: [complete, incomplete], timestampSeconds: 0 } }, 13);
  progress.note({ kind: "fault", fault: new MonitorError("STREAM_BAD_HEADER", "x") }, 14);
  t.false(progress.hasEnded);
  t.deepEqual([progress.firstSeconds, progress.newestSeconds], [10, 14]);
  t.deepEqual(progress.status, {
    name: "tcp://a:1",
    problem: undefined,
    counters: { messages: 5, end_messages: 1, incomplete: 2, malformed: 1 },
  });
});
