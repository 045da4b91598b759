import test from "ava";
import type { DataSource } from "../../src/api/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import { writeStamp } from "../../src/simulator/stamp.js";
import { FakeHost } from "../../src/testing/index.js";
import { parametersOf } from "../helpers/fakes.js";
import { aModuleFrame } from "../helpers/module-frames.js";
import type { Sample } from "./soak/samples.js";
import { register } from "./soak/stamp-check.js";
import { trendViolations, violationsOf } from "./soak/violations.js";

function stampCheck(): DataSource<unknown> {
  const { context } = new FakeHost();
  register(context);
  return context.dataSources.get("StampCheck")({
    dataSourceName: "stamps",
    monitorParameters: parametersOf("{}"),
  });
}

/** An event of which each module says an exposure, undefined for one that is missing; of run 1, unless the run is given. */
function look(
  source: DataSource<unknown>,
  exposures: readonly (number | undefined)[],
  { runs = [1, 1], pixels = exposures, ticks = [0, 0] } = {},
) {
  const data = new Uint16Array(JUNGFRAU_1M.pixels);
  const frames = exposures.map((exposure, portIndex) => {
    const words = data.subarray(portIndex * MODULE_PIXELS, (portIndex + 1) * MODULE_PIXELS);
    writeStamp(words, {
      moduleIndex: portIndex,
      run: runs[portIndex] ?? 1,
      exposure: pixels[portIndex] ?? 0,
    });
    const header = Buffer.from(`{"addJsonHeader": {"exposure":"${exposure}"}}`);
    return aModuleFrame({
      portIndex,
      header,
      missing: exposure === undefined,
      timestampTicks: BigInt(ticks[portIndex] ?? 0),
    });
  });
  const event = { frameNumber: 1n, timestampSeconds: 1, frames, incomplete: false } satisfies JungfrauEvent;
  return source.getData({ event, data: { raw: { data } } });
}

test("events of one exposure pass, whole or not", (t) => {
  const check = stampCheck();
  t.deepEqual([look(check, [70, 70]), look(check, [71, undefined]), look(check, [72, 72])], [70, 71, 72]);
  t.like(check.counters?.(), { stamps_seen: 3, stamps_wrong: 0, stamps_twice: 0, stamps_backwards: 0 });
});

test("events of two exposures or runs are counted, and pixels that are not those of their header", (t) => {
  const check = stampCheck();
  const apart = { ticks: [10_000_000, 20_000_000] };
  look(check, [70, 71], apart);
  look(check, [6, 70], apart); // the same modulo 64
  look(check, [70, 70], { ...apart, runs: [1, 2] });
  look(check, [70, 70], { pixels: [70, 71] });
  t.like(check.counters?.(), { stamps_seen: 4, stamps_wrong: 4, stamps_unknowable: 0 });
  look(check, [70, 71], { ticks: [10_000_000, 10_000_500] });
  look(check, [70, 71], { ticks: [0, 10_000_000] });
  t.like(check.counters?.(), { stamps_seen: 6, stamps_wrong: 4, stamps_unknowable: 2 });
});

test("exposures that come twice or after a newer one are counted, by run", (t) => {
  const check = stampCheck();
  for (const exposure of [5, 7, 6, 7]) look(check, [exposure, exposure]);
  look(check, [5, 5], { runs: [2, 2] });
  t.like(check.counters?.(), { stamps_wrong: 0, stamps_twice: 1, stamps_backwards: 1 });
});

const GOOD: Sample = {
  seconds: 1,
  rssMegabytes: 300,
  handles: 40,
  loopDelayMs: 5,
  counters: { module_frames: 21, paired: 10, malformed: 1, delivered: 10, stamps_seen: 10 },
};

test("a soak finds what is wrong with a sample", (t) => {
  t.deepEqual(violationsOf(GOOD), []);
  for (const [counters, violation] of [
    [{ module_frames: 22 }, /^22 module frames, but 21 outcomes$/],
    [{ delivered: 11 }, /^10 events, but 11 outcomes$/],
    [{ stamps_wrong: 1 }, /^1 events are made of two exposures$/],
    [{ stamps_twice: 2 }, /^2 events came twice, 0 after a newer one$/],
    [{ stamps_unknowable: 1 }, /^1 events are made of two exposures with the same number and time$/],
    [{ raw_failed: 1 }, /a data source failed/],
  ] as const)
    t.regex(violationsOf({ ...GOOD, counters: { ...GOOD.counters, ...counters } }).join("\n"), violation);
  t.regex(violationsOf({ ...GOOD, rssMegabytes: 2000 }).join("\n"), /2000 MB of memory/);
  t.regex(violationsOf({ ...GOOD, loopDelayMs: 5000 }).join("\n"), /stood still for 5000 ms/);
});

test("a soak finds what grows, if it is long enough", (t) => {
  const samples = (count: number, megabytes: (index: number) => number, handles: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => ({
      ...GOOD,
      seconds: index,
      rssMegabytes: megabytes(index),
      handles: handles(index),
    }));
  const steady = () => 40;
  t.deepEqual(trendViolations(samples(300, (index) => 300 + (index % 7) * 10, steady)), []);
  t.regex(
    trendViolations(samples(300, (index) => 300 + 2 * index, steady)).join("\n"),
    /^memory grew from \d+ to \d+ MB$/,
  );
  t.regex(trendViolations(samples(300, steady, (index) => 40 + index / 5)).join("\n"), /^open files grew/);
  t.deepEqual(trendViolations(samples(100, (index) => 300 + 9 * index, steady)), []);
});
