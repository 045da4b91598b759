import test from "ava";
import { FaultCounts, faultKind, SIMULATED_FAULTS } from "../../src/simulator/faults/index.js";
import type { PlannedFrame } from "../../src/simulator/planned-message.js";
import { type ScheduleEntry, schedule } from "../../src/simulator/schedule.js";
import { faultsOf } from "../helpers/paired-schedule.js";

const RATE_HZ = 100;

/** What a detector of two modules sends in a second. */
function played(text: string, { frameCount = 100, seed = 1 } = {}) {
  const faults = faultsOf(text);
  const counts = new FaultCounts(faults);
  const options = { rateHz: RATE_HZ, frameCount, firstFrameNumber: 1n, portCount: 2, faults, seed, counts };
  const entries = [...schedule(options)];
  const frames = [0, 1].map((port) => entries.filter((entry) => isFrameOf(entry, port)));
  const ends = [0, 1].map((port) => entries.filter((one) => one.kind === "end" && one.portIndex === port));
  return { entries, upper: frames[0] ?? [], lower: frames[1] ?? [], ends, counts: counts.all };
}

function isFrameOf(entry: ScheduleEntry, port: number): entry is PlannedFrame {
  return entry.kind === "frame" && entry.portIndex === port;
}

const numbers = (frames: readonly PlannedFrame[]) => frames.map(({ frameNumber }) => Number(frameNumber));
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("without faults, every port sends each frame in its time, and an end message", (t) => {
  const { entries, upper, lower, ends, counts } = played("");
  for (const frames of [upper, lower]) t.deepEqual(numbers(frames), oneTo(100));
  t.deepEqual([upper[0]?.timestampTicks, upper[1]?.timestampTicks], [100_000, 200_000]);
  t.is(upper[50]?.atSeconds, 0.5);
  t.deepEqual(
    ends.map(({ length }) => length),
    [1, 1],
  );
  t.is(entries.filter(({ kind }) => kind === "exposure").length, 100);
  t.deepEqual(counts, {});
});

test("what happens depends on the seed alone, and messages are in the order of time", (t) => {
  const all = Object.keys(SIMULATED_FAULTS).join(" ");
  const { entries } = played(`${all} acquisition=20 module-dies=2s module-returns=5s restart=1s`);
  t.deepEqual(played(`${all} acquisition=20 module-dies=2s module-returns=5s restart=1s`).entries, entries);
  t.notDeepEqual(played(all, { seed: 2 }).entries, played(all).entries);
  const times = entries.map(({ atSeconds }) => atSeconds);
  t.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
});

test("a further fault does not change what the others draw", (t) => {
  const { upper } = played("loss=0.2");
  t.deepEqual(numbers(played("loss=0.2 no-ticks=0.5").upper), numbers(upper));
});

test("loss", (t) => {
  const { upper, lower, counts } = played("loss=0.2");
  t.is(upper.length + lower.length + (counts.lost ?? 0), 200);
  t.true((counts.lost ?? 0) > 20 && (counts.lost ?? 0) < 60);
});

test("duplicate and malformed: a message more for each that is counted", (t) => {
  const { entries, upper, lower, counts } = played("duplicate=0.1 malformed=0.1");
  t.is(upper.length + lower.length, 200 + (counts.duplicate ?? 0));
  t.is(entries.filter(({ kind }) => kind === "malformed").length, counts.malformed ?? 0);
  t.true((counts.duplicate ?? 0) > 5 && (counts.malformed ?? 0) > 5);
});

test("faults act in their order: what is lost is not sent twice, what is sent twice is lost once", (t) => {
  t.is(played("loss=1 duplicate=1").upper.length, 0);
  t.is(played("duplicate=1 loss=0").upper.length, 200);
  t.is(played("loss=1 duplicate=1").counts.duplicate, 0);
});

test("one module, and one that dies and returns", (t) => {
  const alone = played("one-module");
  t.deepEqual([alone.upper.length, alone.lower.length], [100, 0]);
  t.deepEqual(
    alone.ends.map(({ length }) => length),
    [1, 0],
  );
  t.deepEqual(alone.counts, { silent: 100 });
  const { lower, counts } = played("module-dies=200ms module-returns=0.6s");
  t.deepEqual(
    numbers(lower),
    oneTo(100).filter((number) => number <= 20 || number > 60),
  );
  t.deepEqual(counts, { silent: 40 });
});

test("acquisitions, with pauses and a first number", (t) => {
  const { upper, ends } = played("acquisition=10 pause=2s first-number=0");
  t.deepEqual(numbers(upper).slice(8, 12), [8, 9, 0, 1]);
  t.is(ends[0]?.length, 10);
  const [last, first] = upper.slice(9, 11);
  t.is(((first?.atSeconds ?? 0) - (last?.atSeconds ?? 0)).toFixed(3), "2.010");
  t.is(first?.timestampTicks, upper[0]?.timestampTicks, "the clock starts with the acquisition");
  t.is(upper[0]?.atSeconds, 2);
  t.deepEqual(numbers(played("acquisition=10").upper), oneTo(100), "without a first number they continue");
});

test("a module misses whole acquisitions", (t) => {
  const { upper, lower, counts } = played("acquisition=5 missed-acquisition=0.3");
  t.is(upper.length, 100);
  t.is(lower.length, 100 - (counts.lost ?? 0));
  t.true((counts.lost ?? 0) > 0 && (counts.lost ?? 0) % 5 === 0);
});

test("receivers restart without an end message, and numbers begin at 1", (t) => {
  const { entries, upper, ends, counts } = played("restart=300ms");
  t.deepEqual(numbers(upper), [...oneTo(30), ...oneTo(30), ...oneTo(30), ...oneTo(10)]);
  t.deepEqual(counts, { restarts: 3 });
  t.is(entries.filter(({ kind }) => kind === "restart").length, 6);
  t.is(ends[0]?.length, 1);
});

test("end messages are lost, doubled, and early", (t) => {
  const count = (fault: string) => played(`acquisition=10 ${fault}`);
  t.deepEqual([count("ends-lost").ends[0]?.length, count("ends-lost").counts.ends_lost], [0, 20]);
  t.deepEqual([count("ends-twice").ends[0]?.length, count("ends-twice").counts.ends_twice], [20, 20]);
  const early = count("ends-early");
  t.deepEqual([early.ends[0]?.length, early.counts.ends_early], [20, 20]);
  t.deepEqual(
    early.entries.slice(0, 3).map(({ kind }) => kind),
    ["exposure", "end", "frame"],
  );
});

test("late messages keep their order on each port", (t) => {
  const { upper } = played("late=30ms");
  t.deepEqual(numbers(upper), oneTo(100));
  const lateness = upper.map(({ atSeconds, exposure }) => atSeconds - exposure.index / RATE_HZ);
  t.true(Math.max(...lateness) > 0.02 && Math.max(...lateness) <= 0.0301);
});

test("the first frame is late, and its clock says so", (t) => {
  const [first, second] = played("first-late=3s").upper;
  t.deepEqual([first?.atSeconds, second?.atSeconds], [3, 3.01]);
  t.deepEqual([first?.timestampTicks, second?.timestampTicks], [100_000, 30_200_000]);
});

test("frames out of order change places with the next one", (t) => {
  const { upper, lower, counts } = played("out-of-order=0.1");
  for (const frames of [upper, lower])
    t.deepEqual(
      numbers(frames).sort((one, other) => one - other),
      oneTo(100),
    );
  const steps = [upper, lower].flatMap((frames) =>
    numbers(frames).filter((number, index, all) => number < (all[index - 1] ?? 0)),
  );
  t.is(steps.length, counts.out_of_order ?? 0);
  t.true(steps.length > 5);
});

test("incomplete frames come in bunches, with the next one that is complete", (t) => {
  const { upper, lower, counts } = played("incomplete=0.3");
  t.deepEqual(numbers(upper), oneTo(100));
  const hit = [...upper, ...lower].filter(({ packetsCaught }) => packetsCaught !== undefined);
  t.is(hit.length, counts.incomplete ?? 0);
  t.true(hit.every(({ packetsCaught = 0 }) => packetsCaught >= 2 && packetsCaught < 128));
  for (const [index, frame] of upper.entries()) {
    const next = upper.slice(index).find(({ packetsCaught }) => packetsCaught === undefined);
    t.is(frame.atSeconds, next?.atSeconds ?? 0.99);
  }
});

test("numbers and clocks of the lower module differ", (t) => {
  t.deepEqual(
    numbers(played("numbers-differ=3").lower),
    oneTo(100).map((number) => number + 3),
  );
  const ticks = (fault: string) => {
    const { upper, lower } = played(fault);
    return [upper[99]?.timestampTicks, lower[99]?.timestampTicks];
  };
  t.deepEqual(ticks("clocks-apart=5s"), [10_000_000, 60_000_000]);
  t.deepEqual(ticks("clock-drift=30ppm"), [10_000_000, 10_000_300]);
  t.deepEqual(ticks("no-ticks"), [0, 0]);
});

test("each fault has a sentence's part, a usual value that it can read, and a default that is as it reads", (t) => {
  for (const [name, kind] of Object.entries(SIMULATED_FAULTS)) {
    t.regex(kind.does, /^[a-z].*[^.]$/, name);
    if ("value" in kind) t.is(kind.value.read(kind.value.format(kind.usual)), kind.usual, name);
  }
});

test("values have units, and what is none is refused", (t) => {
  const read = (name: keyof typeof SIMULATED_FAULTS, text: string) => faultKind(name).value?.read(text);
  t.deepEqual(
    ["30s", "5ms", "2min", "1h", "30", "0.5", ".5s", "2 s"].map((text) => read("late", text)),
    [30, 0.005, 120, 3600, 30, 0.5, 0.5, 2],
  );
  t.deepEqual(
    ["", "s", "-1s", "5sec", "1e3", "Infinity", "toString", "1s2"].map((text) => read("late", text)),
    Array.from({ length: 8 }, () => undefined),
  );
  t.deepEqual([read("loss", "1"), read("loss", "1.01"), read("loss", "1s")], [1, undefined, undefined]);
  t.deepEqual([read("clock-drift", "30ppm"), read("clock-drift", "30 ppm")], [30, 30]);
  t.deepEqual(
    [read("acquisition", "0"), read("acquisition", "3"), read("first-number", "0")],
    [undefined, 3, 0],
  );
});
