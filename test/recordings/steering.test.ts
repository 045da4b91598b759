import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import {
  PLAYBACK_DEFAULTS,
  type Playback,
  PlaybackSteering,
  recordingStreamOpener,
} from "../../src/recordings/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { type WrittenFrame, writeRun } from "../helpers/raw-recordings.js";
import { until } from "../helpers/until.js";

const count = (from: number, to: number): WrittenFrame[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index }));

/** Runs that are played, and steered. */
async function steered(
  t: ExecutionContext,
  runs: readonly (readonly WrittenFrame[])[],
  playback: Partial<Playback> = {},
) {
  const folder = await temporaryFolder(t);
  const paths = await Promise.all(runs.map((frames, run) => writeRun(folder, { run, frames: () => frames })));
  const steering = new PlaybackSteering();
  const logger = new RecordingLogger();
  const open = recordingStreamOpener(
    JUNGFRAU_1M,
    { ...PLAYBACK_DEFAULTS, rate: "max", ...playback },
    logger,
    () => steering,
  );
  const stream = await open({
    url: paths.join(","),
    streamIndex: 0,
    streamCount: 1,
    isPairing: true,
    highWaterMark: 1,
  });
  const messages = stream[Symbol.asyncIterator]();
  t.teardown(async () => {
    stream.close();
    await messages.return?.();
  });
  /** Frame number of the next exposure, or the kind of another message; undefined at the end. */
  const next = async () => {
    const { value, done } = await messages.next();
    if (done) return undefined;
    return value.kind === "exposure" ? Number(value.exposure.frames[0]?.frameNumber) : value.kind;
  };
  const nextOnes = async (length: number) => {
    const found = [];
    for (let index = 0; index < length; index += 1) found.push(await next());
    return found;
  };
  return { stream, steering, messages, next, nextOnes, logger };
}

test("goes on from the exposure that is sought, in any recording", async (t) => {
  const { steering, next, nextOnes, stream } = await steered(t, [count(41, 45), count(7, 9)]);
  t.deepEqual([steering.position, steering.total], [undefined, 8]);
  t.is(await next(), 41);
  steering.seek(3);
  t.is(steering.position, 3, "pages see at once where it goes");
  t.deepEqual(await nextOnes(4), [44, 45, "end", 7]);
  steering.seek(1);
  t.deepEqual(await nextOnes(2), [42, 43]);
  steering.seek(6);
  t.deepEqual(await nextOnes(2), [8, 9]);
  t.deepEqual(stream.progress, { done: 8, total: 8, pass: 1 });
  steering.seek(-5);
  t.is(await next(), 41);
  steering.seek(1e9);
  t.is(await next(), 9);
  steering.seek(Number.NaN);
  t.is(steering.position, 7);
});

test("counts the exposures that are selected", async (t) => {
  const { steering, next, nextOnes } = await steered(t, [count(10, 30)], { first: 12n, last: 29n, every: 4 });
  t.is(steering.total, 5);
  t.is(await next(), 12);
  steering.seek(3);
  t.deepEqual(await nextOnes(3), [24, 28, "end"]);
});

test("while paused, nothing comes but what is asked for", async (t) => {
  const { steering, next, stream } = await steered(t, [count(1, 9)]);
  t.is(await next(), 1);
  steering.pause();
  t.is(stream.problem, "paused");
  const second = next();
  t.is(await Promise.race([second, delay(100, "nothing")]), "nothing");
  steering.step(1);
  t.is(await second, 2);
  const fifth = next();
  steering.step(1);
  steering.step(1);
  steering.step(1);
  t.is(await fifth, 5, "steps that come faster than exposures add up");
  const fourth = next();
  steering.step(-1);
  t.is(await fourth, 4);
  const again = next();
  steering.seek(3);
  t.is(await Promise.race([again, delay(100, "nothing")]), "nothing", "it is there already");
  steering.play();
  t.is(await again, 5);
  t.is(stream.problem, undefined);
});

test("waits at the end, paused, and can go back or begin again", async (t) => {
  const { steering, next, nextOnes, stream, logger } = await steered(t, [count(1, 3)]);
  t.deepEqual(await nextOnes(4), [1, 2, 3, "end"]);
  const back = next();
  await until(() => steering.isPaused);
  t.is(stream.problem, "paused at the end");
  steering.step(1);
  t.is(await Promise.race([back, delay(100, "nothing")]), "nothing");
  steering.step(-1);
  t.is(await back, 2);
  steering.play();
  t.deepEqual(await nextOnes(2), [3, "end"]);
  const first = next();
  await until(() => steering.isPaused);
  steering.play();
  t.is(await first, 1);
  t.deepEqual(stream.progress, { done: 1, total: 3, pass: 2 });
  t.deepEqual(logger.lines, ["info Played to the end. The playback is paused until Ctrl-C"]);
});

test("with loop, it does not wait at the end", async (t) => {
  const { nextOnes } = await steered(t, [count(1, 2)], { loop: true });
  t.deepEqual(await nextOnes(5), [1, 2, "end", 1, 2]);
});

for (const where of ["in between", "at the end"]) {
  test(`is closed while it is paused ${where}`, async (t) => {
    const { steering, next, nextOnes, stream } = await steered(t, [count(1, 2)]);
    await nextOnes(where === "at the end" ? 3 : 1);
    steering.pause();
    const waiting = next();
    setTimeout(() => stream.close(), 50);
    t.is(await waiting, undefined);
  });
}

test("a pause and a seek end the wait for an exposure that is not due yet", async (t) => {
  const hour = 36_000_000_000;
  const frames = [1, 2, 3].map((number) => ({ number, ticks: 1 + (number - 1) * hour }));
  const { steering, next, stream } = await steered(t, [frames], { rate: "recorded" });
  t.is(await next(), 1);
  const third = next();
  await until(() => stream.problem !== undefined);
  t.regex(stream.problem ?? "", /^pause in the recording, 3(?:600|599) s left$/);
  steering.pause();
  t.is(stream.problem, "paused");
  steering.seek(2);
  t.is(await third, 3);
});

test("frames that were not played because somebody went elsewhere are not missed", async (t) => {
  const { steering, messages } = await steered(t, [[1, 2, 5, 6, 9].map((number) => ({ number }))]);
  const missed = async () => {
    const { value } = await messages.next();
    return value?.kind === "exposure" ? value.exposure.missed : undefined;
  };
  t.deepEqual([await missed(), await missed()], [0, 0]);
  steering.seek(3);
  t.is(await missed(), 0, "two of each port are missing in between");
  steering.seek(2);
  t.is(await missed(), 0);
  t.is(await missed(), 0);
  t.is(await missed(), 4, "these were played over");
});
