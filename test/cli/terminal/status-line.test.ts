import test from "ava";
import { lastLine, type StatusLineInput, statusLine } from "../../../src/cli/terminal/status-line.js";

const INPUT: StatusLineInput = {
  status: { state: "streaming", message: "streaming", counters: { paired: 7 } },
  since: { seconds: 1.004, events: 10, counters: {} },
  newest: { frameNumber: 7n, lagSeconds: 0.0042, frames: [] },
  sinceNewestSeconds: 0.05,
  columns: 80,
};
const COUNTS = "paired 7 unpaired 0 incomplete 0 malformed 0 skipped 0/s";

/** The line of a stream whose counters grew from one to the other within a second. */
function lineOf(
  events: number,
  earlier: Record<string, number>,
  counters: Record<string, number>,
  rest: Partial<StatusLineInput> = {},
): string {
  const status = { ...INPUT.status, counters };
  const since = { seconds: 1, events, counters: earlier };
  return statusLine({ ...INPUT, columns: 200, status, since, ...rest });
}

test("the newest event's lag is shown while events come, and then how long ago it came", (t) => {
  t.is(statusLine(INPUT), `10.0 events/s | event 7 | lag 4 ms | paired 7`);
  t.is(
    statusLine({ ...INPUT, since: { ...INPUT.since, events: 0 }, sinceNewestSeconds: 3.21, columns: 200 }),
    `0.0 events/s | event 7 | 3.2 s ago | ${COUNTS}`.replace("0.0 events", "0.0 of 7.0 events"),
  );
});

test("the detector's rate is beside the delivered one where it is another, with the losses a second", (t) => {
  const earlier = { paired: 1000, skipped: 950, missed: 5000, partial: 0 };
  t.is(
    lineOf(25, earlier, { paired: 1500, skipped: 1425, missed: 5003, partial: 0 }),
    "25.0 of 500 events/s | event 7 | lag 4 ms | paired 1500 unpaired 0 incomplete 0 malformed 0 skipped 475/s missed 3/s",
  );
  t.regex(lineOf(2, {}, { paired: 10 }), /^2\.0 of 10\.0 events\/s \|/);
  // Half a detector's exposures are exposures.
  t.regex(lineOf(0, { paired: 4 }, { paired: 4, partial: 20 }), /^0\.0 of 20\.0 events\/s \|.* partial 20$/);
});

for (const [done, total, pass, events, text] of [
  [0, 5000, 1, 0, "[............] 0 % of 5000"],
  [1250, 5000, 1, 10, "[###.........] 25 % of 5000, 6 min 15 s left"],
  [4999, 5000, 1, 10, "[############] 99 % of 5000, 0 s left"],
  [10, 40_010, 3, 1, "[............] pass 3, 0 % of 40010, 11 h 6 min left"],
  [5, 4, 1, 5, "[############] 100 % of 4, 0 s left"],
] as const) {
  test(`of a recording, ${done} of ${total} are '${text}'`, (t) => {
    const status = { ...INPUT.status, progress: { done, total, pass } };
    const since = { seconds: 1, events, counters: {} };
    t.is(statusLine({ ...INPUT, columns: 200, status, since }).split(" | ")[2], text);
  });
}

test("a recording that is paused says so in place of the time that is left", (t) => {
  const inputs = [{ name: "run.raw", problem: "paused", counters: {} }];
  const status = { ...INPUT.status, inputs, progress: { done: 1, total: 4, pass: 1 } };
  t.is(statusLine({ ...INPUT, columns: 200, status }).split(" | ")[2], "[###.........] 25 % of 4, paused");
});

for (const [events, paired] of [
  [10, 10],
  [10, 11], // one is on its way
  [500, 524],
  [700, 500], // what had waited comes
] as const) {
  test(`${events} of ${paired} events a second are one rate`, (t) => {
    t.regex(lineOf(events, {}, { paired }), new RegExp(`^${events}\\.0 events/s \\|`));
  });
}

test("a lag above a second has a word, one below nothing is 0", (t) => {
  const lagOf = (lagSeconds: number) =>
    statusLine({ ...INPUT, newest: { frameNumber: 7n, lagSeconds, frames: [] } }).split(" | ")[2];
  t.is(lagOf(1.84), "lag 1.8 s: behind the detector");
  t.is(lagOf(0.9), "lag 900 ms");
  t.is(lagOf(-0.1), "lag 0 ms");
});

test("what stalled is shown in total, with what it waits for", (t) => {
  const status = { state: "stalled", message: "stalled: why", counters: { paired: 7, skipped: 5 } } as const;
  t.is(
    statusLine({ ...INPUT, status }),
    "stalled: why | paired 7 unpaired 0 incomplete 0 malformed 0 skipped 5",
  );
});

test("a narrow terminal shows what is not zero, and always how many monitors there are", (t) => {
  const counters = { paired: 7, skipped: 5, missed: 9, sent: 2, monitors: 0 };
  t.is(
    lineOf(7, { missed: 9 }, counters, { columns: 20 }),
    "7.0 events/s | event 7 | lag 4 ms | paired 7 skipped 5/s sent 2 monitors 0",
  );
});

test("the last line has the totals that are not zero", (t) => {
  const status = { ...INPUT.status, counters: { paired: 3, unpaired: 0, skipped: 2 } };
  t.is(lastLine("Ended after 1 events.", status), "Ended after 1 events. paired 3 skipped 2");
  t.is(lastLine("Ended.", { ...status, counters: { paired: 0 } }), "Ended.");
});
