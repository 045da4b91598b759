import test from "ava";
import type { StreamStatus } from "../../src/api/index.js";
import type { MonitoredEvent } from "../../src/host/index.js";
import { type EventOutput, Outputs } from "../../src/outputs/index.js";

const STREAMING: StreamStatus = { state: "streaming", message: "streaming", counters: { paired: 3 } };
const EVENT = { data: {} } as MonitoredEvent;

test("an output that takes no event stalls the monitor until it takes it", async (t) => {
  let nowMs = 1000;
  const outputs = new Outputs(
    () => STREAMING,
    () => nowMs,
  );
  const written: string[] = [];
  let take: () => void = () => undefined;
  const slow: EventOutput = {
    name: "a disk",
    write: () =>
      new Promise((resolve) => {
        take = resolve;
      }),
    close: () => undefined,
  };
  outputs.add({ write: () => void written.push("first"), close: () => void written.push("closed") }, slow);
  nowMs += 60_000;
  t.is(outputs.status(), STREAMING, "without an event nothing is held up");

  const writing = outputs.write(EVENT);
  await Promise.resolve();
  t.deepEqual(written, ["first"]);
  nowMs += 4999;
  t.is(outputs.status(), STREAMING);
  nowMs += 2500;
  t.deepEqual(outputs.status(), {
    state: "stalled",
    message: "stalled: a disk has taken nothing for 7 s, and the monitor waits for it",
    counters: { paired: 3 },
  });
  take();
  await writing;
  t.is(outputs.status(), STREAMING);
  await outputs.close();
  t.deepEqual(written, ["first", "closed"]);
});
