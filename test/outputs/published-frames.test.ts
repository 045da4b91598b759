import { setTimeout } from "node:timers/promises";
import test from "ava";
import { Subscriber } from "zeromq";
import type { Array2D, MonitoredEvent } from "../../src/host/index.js";
import { omViewerMessage, PublishedFrames, streamvisMessage } from "../../src/outputs/index.js";
import { RecordingLogger } from "../helpers/fakes.js";

const frame = {
  dtype: "float32",
  shape: [2, 3],
  data: Float32Array.of(0, 1.5, 2, Number.NaN, -4, 5),
  badPixels: { masked: 1, saturated: 3 },
  incomplete: true,
} as const satisfies Array2D;

const monitored = (data: Readonly<Record<string, unknown>> = { detector_data: frame }): MonitoredEvent => ({
  event: { frameNumber: 7n, timestampSeconds: 1_700_000_000.25 },
  data,
});

const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }) => Buffer.from(buffer);

test("streamvis gets a JSON header and a copy of the pixels", (t) => {
  const [header, pixels] = streamvisMessage(monitored({ lit: { hit: true }, detector_data: frame }), frame);
  t.deepEqual(JSON.parse(header as string), {
    type: "float32",
    shape: [2, 3],
    frame: 7,
    pulse_id: 7,
    is_good_frame: false,
    saturated_pixels: 3,
    is_hit_frame: true,
  });
  t.deepEqual(Buffer.from(pixels as Uint8Array), bytesOf(frame.data));
  t.not((pixels as Uint8Array).buffer, frame.data.buffer);
});

test("of a raw frame streamvis is not told what nobody knows", (t) => {
  const raw = { dtype: "uint16", shape: [1, 2], data: Uint16Array.of(1, 2) } as const;
  const [header] = streamvisMessage(monitored({ raw, lit: { hit: "no" } }), raw);
  t.deepEqual(JSON.parse(header as string), {
    type: "uint16",
    shape: [1, 2],
    frame: 7,
    pulse_id: 7,
    is_good_frame: true,
  });
});

test("OM's viewer gets its tag, and a pickle that holds the pixels", (t) => {
  const [tag, pickle] = omViewerMessage(monitored(), frame);
  t.is(tag, "omframedata");
  t.true(Buffer.from(pickle as Uint8Array).includes(bytesOf(frame.data)));
});

test("frames are published to whoever listens, no more than ten a second, and counted", async (t) => {
  const logger = new RecordingLogger();
  const published = await PublishedFrames.bind({
    url: "tcp://127.0.0.1:0",
    reader: "streamvis",
    encode: streamvisMessage,
    logger,
  });
  const socket = new Subscriber();
  socket.subscribe("");
  socket.connect(published.url);
  const message = socket.receive();
  let offered = 0;
  const startMs = performance.now();
  const stop = new AbortController();
  const received = message.finally(() => stop.abort());
  while (!stop.signal.aborted) {
    published.write(monitored());
    published.write(monitored({ timestamp: 3 })); // has no frame
    offered += 1;
    await setTimeout(5);
  }
  const [header] = await received;
  const most = 1 + (performance.now() - startMs) / 100;
  socket.close();
  published.close();
  t.is(JSON.parse(String(header)).frame, 7);
  const [, sent, seen] = /Published (\d+) of (\d+) frames for streamvis/.exec(logger.lines.join("\n")) ?? [];
  t.is(Number(seen), offered);
  t.true(Number(sent) >= 1 && Number(sent) <= most, `${sent} in ${most}`);
});

test("an address that cannot be had is named, with what to write", async (t) => {
  const options = { reader: "OM's frame viewer", encode: omViewerMessage, logger: new RecordingLogger() };
  const first = await PublishedFrames.bind({ ...options, url: "tcp://127.0.0.1:0" });
  t.teardown(() => first.close());
  for (const url of [first.url, "127.0.0.1:9007", "tcp://nowhere.invalid:1", "tcp://127.0.0.1:123456"]) {
    const error = await t.throwsAsync(PublishedFrames.bind({ ...options, url }), {
      code: "HOST_CANNOT_LISTEN",
    });
    t.true(error?.message.includes(`'${url}'`), error?.message);
    t.regex(error?.message ?? "", /OM's frame viewer.*tcp:\/\/HOST:PORT/);
  }
});
