import test from "ava";
import { type ConstantsSink, READ_CONSTANTS, type ReadConstants } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { CalibrationError } from "../../src/errors.js";
import { flatConstants, giveConstants } from "../helpers/calibrators.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { aDataEvent } from "../helpers/module-frames.js";

const yaml = (keys = "") => `
data_retrieval_layer: {${keys}}
calibration:
  dark_filenames: [d0.h5, d1.h5]
  gain_filenames: [g0.bin, g1.bin]
  photon_energy_kev: 8
`;
const TRACKING = "detector_pedestal_tracking: true, detector_pedestal_tracking_limit_adu: 10";
/** Made once, as they are large; their pedestals in G0 are those of the test that gives them next. */
const FLAT = flatConstants();
const G0_PEDESTALS = FLAT.pedestals.subarray(0, JUNGFRAU_1M.pixels);
const USUAL_PEDESTAL = G0_PEDESTALS[0] as number;
/** What the clock of a test says. */
const NOW = 1_700_000_000;

interface Given {
  /** Of G0, in ADU. */
  readonly pedestal?: number;
  readonly ageHours?: number;
  readonly exposureTicks?: number;
  readonly rms?: number;
  /** Fail, after this. */
  readonly fault?: Error;
}

/** A source whose files hold what `given` says now. */
async function source(keys = "", given: Given = {}) {
  let now = given;
  let reads = 0;
  const read: ReadConstants = async ({ dark }, to: ConstantsSink, notes) => {
    reads += 1;
    G0_PEDESTALS.fill(now.pedestal ?? USUAL_PEDESTAL);
    giveConstants(FLAT, to);
    if (now.rms !== undefined) {
      const map = new Float32Array(512 * 1024).fill(now.rms);
      for (const module of [0, 1]) to.setNoise?.(module, "g0", map);
    }
    for (const file of dark) {
      const recordedSeconds = NOW - 3600 * (now.ageHours ?? 0);
      notes.recorded?.({ recordedSeconds, exposureTicks: now.exposureTicks }, file);
    }
    if (now.fault !== undefined) throw now.fault;
  };
  const { context, logger, clock, dispose } = registerPlugin(new Map([[READ_CONSTANTS, read]]));
  const built = context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: parametersOf(yaml(keys)),
  });
  await built.initializeDataSource();
  const events = new Map<string, ReturnType<typeof aDataEvent>>();
  return {
    built,
    reads: () => reads,
    clock,
    dispose,
    change: (to: Given) => {
      now = to;
    },
    logged: () => logger.lines.filter((line) => line.startsWith("warn")),
    see: (word = 2820, headerText?: string) => {
      const header = headerText === undefined ? {} : { header: Buffer.from(headerText) };
      const key = `${word} ${headerText}`;
      const event = events.get(key) ?? aDataEvent({ fill: word, ...header });
      events.set(key, event);
      return built.borrowData?.({ event }) as DetectorFrame;
    },
  };
}

test("constants are read again, and used from the next frame on; the frame before stays as it was", async (t) => {
  const { built, see, change, reads, dispose } = await source();
  const before = see();
  t.is(before.data[0], 1);
  change({ pedestal: 2660 });
  await built.reload?.();
  t.is(before.data[0], 1);
  t.is(before.statistics().max, 1);
  t.is(see().data[0], 0.5);
  t.is(reads(), 2);
  dispose();
});

test("after a fault the old constants stay in use, and are described", async (t) => {
  const { built, see, change, dispose } = await source();
  change({ pedestal: 2660, fault: new CalibrationError("CALIBRATION_DAMAGED", "dark.h5 is damaged") });
  const described = built.describe?.();
  await t.throwsAsync(async () => built.reload?.(), { message: "dark.h5 is damaged" });
  t.is(see().data[0], 1);
  t.deepEqual(built.describe?.(), described);
  change({ pedestal: 2660 });
  await built.reload?.();
  t.is(see().data[0], 0.5);
  dispose();
});

test("who asks twice at once has them read once; who disposes of the source meanwhile has none", async (t) => {
  const { built, reads, dispose } = await source();
  await Promise.all([built.reload?.(), built.reload?.()]);
  t.is(reads(), 2);
  const reading = built.reload?.();
  dispose();
  await reading;
  t.throws(() => built.getData({ event: aDataEvent({ fill: 1 }) }), { code: "HOST_NOT_INITIALIZED" });
  await t.throwsAsync(async () => built.reload?.(), { code: "HOST_NOT_INITIALIZED" });
});

test("counts go on when constants are read again", async (t) => {
  const { built, dispose } = await source();
  const gainMode = { highGain: true, fixedStage: undefined, forcedStage: undefined };
  built.getData({ event: aDataEvent({ fill: 2500, gainMode }) });
  await built.reload?.();
  t.deepEqual(built.counters?.(), { wrong_constants: 1 });
  dispose();
});

test("raw frames have nothing to read, to reset or to warn of", async (t) => {
  const { built, reads, dispose } = await source("detector_calibration: false");
  await built.reload?.();
  t.deepEqual([reads(), built.reset, built.warnings?.()], [0, undefined, []]);
  dispose();
});

test("pedestals that follow the frames are counted, warned of once, and go back", async (t) => {
  const { built, see, change, logged, dispose } = await source(TRACKING, { rms: 8 });
  t.deepEqual(built.counters?.(), {
    wrong_constants: 0,
    m0_pedestal_drift_adu: 0,
    m0_worst_pedestal_drift_adu: 0,
    m1_pedestal_drift_adu: 0,
    m1_worst_pedestal_drift_adu: 0,
  });
  for (let i = 0; i < 1801; i++) see(2512);
  t.is(built.counters?.().m0_pedestal_drift_adu, 10, "and no further");
  t.is(see(2512).data[0], Math.fround(2 / 320));
  const text =
    /^Module 0: pedestals have drifted by \S+ ADU on average, and by up to \S+ ADU\. They follow up to 10 ADU: /;
  t.regex(built.warnings?.()[0] ?? "", text);
  t.is(logged().length, 2, "one for each module");

  built.reset?.();
  t.is(see(2512).data[0], Math.fround(12 / 320));
  t.is(built.counters?.().m0_pedestal_drift_adu, 0);
  t.deepEqual(built.warnings?.(), []);

  for (let i = 0; i < 400; i++) see(2512);
  t.not(see(2512).data[0], Math.fround(12 / 320));
  change({ rms: 8 });
  await built.reload?.();
  t.is(see(2512).data[0], Math.fround(12 / 320), "also when constants are read again");
  dispose();
});

test("a frame that the constants do not fit, or that did not come, moves no pedestal", async (t) => {
  const { built, see, dispose } = await source(TRACKING, { rms: 8 });
  const gainMode = { highGain: false, fixedStage: 1 as const, forcedStage: undefined };
  for (let i = 0; i < 16; i++) {
    built.getData({ event: aDataEvent({ fill: 2512, gainMode }) });
    built.getData({ event: aDataEvent({ fill: 2512, missing: true }) });
  }
  t.is(see(2512).data[0], Math.fround(12 / 320));
  dispose();
});

test("darks older than two hours are warned of once, at the start or when they come to it", async (t) => {
  const old = await source("", { ageHours: 2.5 });
  t.regex(
    old.logged()[0]?.replace(/^warn /, "") ?? "",
    /d0\.h5' was recorded at 2023-11-14T19:43:20Z, more than 2 hours ago/,
  );
  t.is(old.built.warnings?.().length, 1);
  old.dispose();
  const fresh = await source("", { ageHours: 1.9 });
  t.deepEqual(fresh.logged(), []);
  fresh.clock.seconds += 0.2 * 3600;
  for (let i = 0; i < 401; i++) fresh.see();
  t.is(fresh.logged().length, 1);
  fresh.change({ ageHours: 0 });
  await fresh.built.reload?.();
  t.deepEqual(fresh.built.warnings?.(), []);
  fresh.dispose();
});

test("frames of another exposure time than the darks are warned of, while they come", async (t) => {
  const { built, see, logged, dispose } = await source("", { exposureTicks: 100 });
  see(2820, `{"expLength":50}`);
  t.regex(
    built.warnings?.()[0] ?? "",
    /^Frames are exposed for 5 µs, the darks of .*'d0\.h5' were for 10 µs: their pedestals do not fit\./,
  );
  t.is(logged().length, 1);
  for (let i = 0; i < 200; i++) see(2820, `{"expLength":100}`);
  t.deepEqual(built.warnings?.(), []);
  dispose();
});

for (const [what, given, header] of [
  ["darks that do not say theirs", {}, `{"expLength":50}`],
  ["frames that do not say theirs", { exposureTicks: 100 }, `{"expLength":0}`],
  ["the same", { exposureTicks: 100 }, `{"expLength":100}`],
  ["frames without a header", { exposureTicks: 100 }, undefined],
] as const) {
  test(`no warning of exposure times: ${what}`, async (t) => {
    const { built, see, dispose } = await source("", given);
    see(2820, header);
    t.deepEqual(built.warnings?.(), []);
    dispose();
  });
}
