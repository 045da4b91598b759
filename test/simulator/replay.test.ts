import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { SYSTEM_CLOCK } from "../../src/host/index.js";
import type { Recording } from "../../src/recordings/index.js";
import { DetectorPorts, portCountOf, replay } from "../../src/simulator/index.js";
import type { ReplayOptions } from "../../src/simulator/replay.js";
import {
  headerEntry,
  type ModuleFrame,
  type StreamMessage,
  zmqModuleStreamOpener,
} from "../../src/stream/index.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { ANY_PORT } from "../helpers/ports.js";
import { aRecordedFrame, recordingOf } from "../helpers/recordings-in-memory.js";

/** What two subscribers get of a replay, until each has had so many end messages. */
async function played(
  t: ExecutionContext,
  recordings: readonly Recording[],
  { ends = recordings.length, ...options }: Partial<ReplayOptions> & { readonly ends?: number } = {},
): Promise<StreamMessage[][]> {
  const ports = await DetectorPorts.bind([ANY_PORT, ANY_PORT]);
  const abort = new AbortController();
  t.teardown(() => ports.close());
  const open = zmqModuleStreamOpener(JUNGFRAU_1M, SYSTEM_CLOCK, new RecordingLogger());
  const received = ports.source.split(",").map(async (url, streamIndex) => {
    const stream = await open({ url, streamIndex, streamCount: 2, isPairing: false, highWaterMark: 64 });
    const messages: StreamMessage[] = [];
    let remaining = ends;
    for await (const message of stream) {
      messages.push(message);
      if (message.kind === "end") remaining -= 1;
      if (remaining === 0) stream.close();
    }
    return messages;
  });
  await ports.subscribed();
  const { signal } = abort;
  const all = Promise.all(received).finally(() => abort.abort());
  await replay(ports, {
    recordings,
    release: "9.2",
    rateHz: 200,
    loop: false,
    clock: SYSTEM_CLOCK,
    signal,
    ...options,
  });
  return all;
}

const framesOf = (messages: readonly StreamMessage[]) =>
  messages.flatMap((message) => (message.kind === "frame" ? [message.frame] : []));
const numbersOf = (messages: readonly StreamMessage[]) =>
  framesOf(messages).map(({ frameNumber }) => Number(frameNumber));

/** Exposures of both ports, 100 ms after each other. */
const exposures = (...numbers: number[]) =>
  numbers.map((number, index) => ({
    seconds: 1000 + index / 10,
    frames: [0, 1].map((port) =>
      aRecordedFrame(
        number,
        port,
        { timestampTicks: BigInt((index + 1) * 1_000_000) },
        { expLength: 77, detSpec1: 5 },
      ),
    ),
  }));

test.serial("frames arrive as they were recorded, and an end message follows", async (t) => {
  const whole = exposures(7, 8);
  const streams = await played(t, [recordingOf(whole)]);
  for (const [port, messages] of streams.entries()) {
    t.deepEqual(
      messages.map(({ kind }) => kind),
      ["frame", "frame", "end"],
    );
    for (const [index, frame] of framesOf(messages).entries()) {
      const recorded = whole[index]?.frames[port] as ModuleFrame;
      t.like(frame, { portIndex: port, complete: true });
      t.is(frame.frameNumber, recorded.frameNumber);
      t.is(frame.timestampTicks, recorded.timestampTicks);
      t.is(Buffer.compare(frame.raw, recorded.raw), 0);
      t.deepEqual(
        ["expLength", "bunchId", "frameIndex"].map((name) => headerEntry(frame, name)),
        [77, 5, index],
      );
    }
  }
});

test.serial("a missing frame is not sent, an incomplete one with its flag, added keys as well", async (t) => {
  const recording = recordingOf([
    {
      seconds: 0,
      frames: [
        aRecordedFrame(3, 0, { complete: false }, { addJsonHeader: { laser: "on" } }),
        aRecordedFrame(3, 1, { missing: true }),
      ],
    },
    { seconds: 0, frames: [aRecordedFrame(4, 0), aRecordedFrame(4, 1)] },
  ]);
  const [top = [], bottom = []] = await played(t, [recording]);
  t.deepEqual(numbersOf(top), [3, 4]);
  t.deepEqual(numbersOf(bottom), [4]);
  const [incomplete] = framesOf(top);
  t.false(incomplete?.complete);
  t.deepEqual(incomplete && ["packetNumber", "laser"].map((name) => headerEntry(incomplete, name)), [
    100,
    "on",
  ]);
  t.is(framesOf(bottom)[0]?.header && headerEntry(framesOf(bottom)[0] as never, "frameIndex"), 0);
});

test.serial(
  "in a loop the numbers go on after the highest, and ticks and frame indices begin again",
  async (t) => {
    const recordings = [recordingOf(exposures(11, 14)), recordingOf(exposures(5))];
    const [messages = []] = await played(t, recordings, { loop: true, ends: 4 });
    t.deepEqual(numbersOf(messages), [11, 14, 5, 21, 24, 15]);
    t.deepEqual(
      framesOf(messages).map(({ timestampTicks }) => Number(timestampTicks) / 1e6),
      [1, 2, 1, 1, 2, 1],
    );
    t.deepEqual(
      framesOf(messages).map((frame) => headerEntry(frame, "frameIndex")),
      [0, 3, 0, 0, 3, 0],
    );
  },
);

test.serial("headers are of the release of choice", async (t) => {
  const [messages = []] = await played(t, [recordingOf(exposures(1))], { release: "6.1" });
  const [frame] = framesOf(messages);
  t.like(JSON.parse(Buffer.from(frame?.header ?? []).toString()), {
    jsonversion: 4,
    bunchId: 5,
    flipRows: 0,
  });
});

/** Seconds that three frames at 10 Hz take even if the first is late; without any pause they take a few milliseconds. */
const LONG = 0.1;

test.serial(
  "without a rate, frames come at the times of the recording, or at 10 Hz where it has none",
  async (t) => {
    const arrivals = (messages: readonly StreamMessage[] = []) =>
      framesOf(messages).map(({ arrivalSeconds }) => arrivalSeconds);
    const spread = ([first = 0, ...others]: readonly number[]) => others.map((one) => one - first);
    const [timed] = await played(t, [recordingOf(exposures(1, 2, 3))], { rateHz: undefined });
    const [, last = 0] = spread(arrivals(timed));
    t.true(last > LONG, `${last} s after the first`);
    const untimed = [1, 2, 3].map((number) => ({
      seconds: number / 1000,
      frames: [aRecordedFrame(number, 0), aRecordedFrame(number, 1)],
    }));
    const [even] = await played(t, [recordingOf(untimed)], { rateHz: undefined });
    t.true((spread(arrivals(even))[1] ?? 0) > LONG);
  },
);

test("recordings of different detectors, and those without a frame, are refused", (t) => {
  const two = recordingOf(exposures(1));
  t.is(portCountOf([two, two]), 2);
  const four = { ...two, path: "four_master_0.json", portCount: 4 };
  t.throws(() => portCountOf([two, four]), {
    code: "RECORDING_FORMAT",
    message: /2 ports, 'four_master_0\.json' has 4/,
  });
  t.throws(() => portCountOf([{ ...two, length: 0 }]), {
    code: "RECORDING_FORMAT",
    message: /no whole frame/,
  });
});
