import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { DEFAULT_SCENE, makeScene, SimulatedDetector, sceneFrames } from "../../src/simulator/index.js";
import { headerEntry, type StreamMessage, zmqModuleStreamOpener } from "../../src/stream/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ANY_PORT } from "../helpers/ports.js";
import { sameValues } from "../helpers/same-values.js";

test("a scene depends on its seed alone, and looks like the real thing", (t) => {
  const options = { ...DEFAULT_SCENE, imageCount: 1 };
  const [first, again, other] = [makeScene(options), makeScene(options), makeScene({ ...options, seed: 2 })];
  const raw = first.images[0]?.raw ?? new Uint16Array(0);
  sameValues(t, again.images[0]?.raw ?? new Uint16Array(0), raw);
  t.true(other.images[0]?.raw.some((word, pixel) => word !== raw[pixel]));
  const inG0 = raw.filter((word) => word < 0x4000).length / JUNGFRAU_1M.pixels;
  t.true(inG0 > 0.999 && inG0 < 1, `${inG0} of the pixels in G0`);
  t.deepEqual([...new Set(raw.map((word) => word >> 14))].sort(), [0, 1, 3]);
  t.deepEqual([...new Set(first.images[0]?.spots.map(({ stage }) => stage))].sort(), [0, 1, 2]);
});

test("every frame and both end messages arrive, also when the detector closes at once", async (t) => {
  const detector = await SimulatedDetector.bind([ANY_PORT, ANY_PORT]);
  const open = zmqModuleStreamOpener(JUNGFRAU_1M, new FixedClock(), new RecordingLogger());
  const streams = await Promise.all(
    detector.source
      .split(",")
      .map((url, streamIndex) =>
        open({ url, streamIndex, streamCount: 2, isPairing: false, highWaterMark: 64 }),
      ),
  );
  const received = streams.map(async (stream) => {
    const messages: StreamMessage[] = [];
    for await (const message of stream) {
      messages.push(message);
      if (message.kind === "end") stream.close();
    }
    return messages;
  });
  await detector.subscribed();
  // A clock that stands still makes every frame due at its time; a high rate makes that soon.
  const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 2 });
  const sent = await detector.acquire({
    layout: JUNGFRAU_1M,
    frame: sceneFrames(scene),
    rateHz: 1000,
    frameCount: 20,
    clock: new FixedClock(),
    firstFrameNumber: 7n,
    added: { laser: "1843", sample: "lyso" },
  });
  detector.close();
  t.deepEqual(sent, { exposures: 20, whole: 20, moduleFrames: 40, endMessages: 2, faults: {} });
  for (const [moduleIndex, messages] of (await Promise.all(received)).entries()) {
    t.is(messages.length, 21);
    const frames = messages.flatMap((message) => (message.kind === "frame" ? [message.frame] : []));
    t.deepEqual(
      frames.map(({ frameNumber }) => Number(frameNumber)),
      Array.from({ length: 20 }, (_, index) => 7 + index),
    );
    t.true(frames.every(({ portIndex, complete }) => portIndex === moduleIndex && complete));
    t.deepEqual(
      frames.slice(0, 1).flatMap((frame) => ["laser", "sample"].map((name) => headerEntry(frame, name))),
      [1843, "lyso"],
    );
    // 1 kHz is 10,000 ticks of 100 ns.
    t.is(frames[1]?.timestampTicks, 20_000n);
  }
});

test("a port that cannot be had closes those that could", async (t) => {
  const first = await SimulatedDetector.bind([ANY_PORT]);
  await t.throwsAsync(SimulatedDetector.bind([ANY_PORT, first.source]), {
    code: "SIMULATOR_CANNOT_LISTEN",
    message: /already in use/,
  });
  first.close();
});
