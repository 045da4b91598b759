import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { PLAYBACK_DEFAULTS, type Playback, recordingStreamOpener } from "../../src/recordings/index.js";
import type { StreamMessage } from "../../src/stream/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { type WrittenFrame, writeRun } from "../helpers/raw-recordings.js";

async function streamOf(t: ExecutionContext, url: string, playback: Partial<Playback> = {}) {
  const logger = new RecordingLogger();
  const open = recordingStreamOpener(JUNGFRAU_1M, { ...PLAYBACK_DEFAULTS, rate: "max", ...playback }, logger);
  const stream = await open({
    url,
    streamIndex: 0,
    streamCount: 1,
    isPairing: true,
    highWaterMark: 1,
  });
  t.teardown(() => stream.close());
  return { stream, logger };
}

/** Frame numbers, and the kinds of other messages. */
async function played(messages: AsyncIterable<StreamMessage>, limit = 1000) {
  const found: (number | string)[] = [];
  for await (const message of messages) {
    found.push(message.kind === "exposure" ? Number(message.exposure.frames[0]?.frameNumber) : message.kind);
    if (found.length >= limit) break;
  }
  return found;
}

const count = (from: number, to: number): WrittenFrame[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index }));

async function run(t: ExecutionContext, frames: readonly WrittenFrame[], folder?: string, number = 0) {
  return writeRun(folder ?? (await temporaryFolder(t)), { run: number, frames: () => frames });
}

test("plays recordings one after the other, and knows how far it is", async (t) => {
  const first = await run(t, count(41, 43));
  const second = await run(t, count(7, 8));
  const { stream } = await streamOf(t, `${first},${second}`);
  t.deepEqual(stream.progress, { done: 0, total: 5, pass: 1 });
  t.deepEqual(await played(stream), [41, 42, 43, "end", 7, 8, "end"]);
  t.deepEqual(stream.progress, { done: 5, total: 5, pass: 1 });
});

const selections: [string, Partial<Playback>, readonly (number | string)[], number][] = [
  ["from a number to another", { first: 12n, last: 14n }, [12, 13, 14, "end"], 3],
  ["from a number on", { first: 18n }, [18, 19, 20, "end"], 3],
  ["up to a number", { last: 11n }, [10, 11, "end"], 2],
  ["every fourth", { every: 4 }, [10, 14, 18, "end"], 3],
  ["every fourth of a range", { every: 4, first: 11n, last: 18n }, [11, 15, "end"], 2],
];
for (const [name, playback, expected, total] of selections) {
  test(`plays ${name}`, async (t) => {
    const { stream } = await streamOf(t, await run(t, count(10, 20)), playback);
    t.is(stream.progress?.total, total);
    t.deepEqual(await played(stream), expected);
    t.deepEqual(stream.progress, { done: total, total, pass: 1 });
  });
}

test("a selection without any exposure names what there is", async (t) => {
  const path = await run(t, count(10, 12));
  await t.throwsAsync(streamOf(t, path, { first: 20n }), {
    code: "RECORDING_NO_EVENT",
    message: /from 20 on: '.*run_master_0\.json' holds 10 to 12/,
  });
});

test("plays again and again until it is closed", async (t) => {
  const { stream } = await streamOf(t, await run(t, count(1, 2)), { loop: true });
  t.deepEqual(await played(stream, 7), [1, 2, "end", 1, 2, "end", 1]);
  t.deepEqual(stream.progress, { done: 1, total: 2, pass: 3 });
});

test("keeps to a rate, or to the detector's clock", async (t) => {
  const ticks = (step: number) => count(1, 5).map((frame, index) => ({ ...frame, ticks: 1 + index * step }));
  const seconds = async (frames: WrittenFrame[], playback: Partial<Playback>) => {
    const { stream } = await streamOf(t, await run(t, frames), playback);
    const start = performance.now();
    await played(stream);
    return (performance.now() - start) / 1000;
  };
  const byRate = await seconds(ticks(1), { rate: 20 });
  t.true(byRate >= 0.19, `${byRate} s`);
  const byClock = await seconds(ticks(500_000), { rate: "recorded" });
  t.true(byClock >= 0.19, `${byClock} s`);
  const { stream: single } = await streamOf(t, await run(t, count(1, 1)), { rate: 20, loop: true });
  const start = performance.now();
  await played(single, 9);
  t.true(performance.now() - start >= 190, "also from one time through to the next");
  // Ten minutes of the detector's, and no clock at all.
  const unpaced = await seconds(ticks(600_000_000), { rate: "max" });
  t.true(unpaced < 60, `${unpaced} s`);
  const without = await seconds(count(1, 5), { rate: "recorded" });
  t.true(without < 60, `${without} s`);
});

test("is closed while it waits for an exposure to be due", async (t) => {
  const frames = [
    { number: 1, ticks: 1 },
    { number: 2, ticks: 36_000_000_000 },
  ];
  const { stream } = await streamOf(t, await run(t, frames), { rate: "recorded" });
  const messages = stream[Symbol.asyncIterator]();
  t.like(await messages.next(), { value: { kind: "exposure" } });
  const waiting = messages.next();
  setTimeout(() => stream.close(), 20);
  t.true((await waiting).done);
});

test("plays a list of masters as OM takes it, and notes what is none", async (t) => {
  const folder = await temporaryFolder(t);
  await run(t, count(1, 1), folder, 1);
  await run(t, count(5, 5), folder, 2);
  const list = join(folder, "runs.txt");
  await writeFile(list, "# dark runs\nrun_master_2.json\n\nrun_d0_f0_1.raw\nrun_master_1.json\r\nhello\n");
  const { stream, logger } = await streamOf(t, list);
  t.deepEqual(await played(stream), [5, "end", 1, "end"]);
  t.regex(logger.lines.join("\n"), /ignored lines that do not name a master: 2\./);
});

test("every recording that cannot be opened is told at the start", async (t) => {
  const path = await run(t, count(1, 1));
  const open = recordingStreamOpener(JUNGFRAU_1M, PLAYBACK_DEFAULTS, new RecordingLogger());
  await t.notThrowsAsync(async () => open.check?.([path]));
  await t.throwsAsync(async () => open.check?.([`${path},/nothing/a.raw,/nothing/b.raw`]), {
    code: "MANY_FAULTS",
    message: /a\.raw[\s\S]*b\.raw/,
  });
});

test("a recording that is gone when its turn comes is a fault, and the others are played", async (t) => {
  const folder = await temporaryFolder(t);
  const paths = [
    await run(t, count(1, 1), folder, 1),
    await run(t, count(2, 2), folder, 2),
    await run(t, count(3, 3)),
  ];
  const { stream } = await streamOf(t, paths.join(","));
  await rm(join(folder, "run_d0_f0_2.raw"));
  await rm(join(folder, "run_d1_f0_2.raw"));
  t.deepEqual(await played(stream), [1, "end", "fault", 3, "end"]);
  const { stream: looping } = await streamOf(t, await run(t, count(4, 4), folder, 4), { loop: true });
  for (const port of [0, 1]) await rm(join(folder, `run_d${port}_f0_4.raw`));
  t.deepEqual(await played(looping), ["fault"], "and not for ever");
});
