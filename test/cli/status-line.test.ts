import test from "ava";
import { statusLine } from "../../src/cli/status-line.js";

const INPUT = {
  status: { state: "streaming", message: "streaming", counters: { paired: 7 } },
  newest: {
    event: { frameNumber: 7n, timestampSeconds: 1000 } as never,
    data: {},
  },
  eventsPerSecond: 9.96,
  lagSeconds: 0.0042,
  sinceNewestSeconds: 0.05,
  columns: 80,
} as const;
const COUNTS = "paired 7 unpaired 0 incomplete 0 malformed 0 skipped 0";

test("the newest event's lag is shown while events come, and then how long ago it came", (t) => {
  t.is(statusLine(INPUT), `10.0 events/s | event 7 | lag 4 ms | paired 7`);
  t.is(
    statusLine({ ...INPUT, eventsPerSecond: 0, sinceNewestSeconds: 3.21, columns: 200 }),
    `0.0 events/s | event 7 | 3.2 s ago | ${COUNTS}`,
  );
});
