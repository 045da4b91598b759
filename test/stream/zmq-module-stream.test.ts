import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { type ModuleStream, type StreamMessage, zmqModuleStreamOpener } from "../../src/stream/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { modulePayload } from "../helpers/module-frames.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { until } from "../helpers/until.js";
import { wireHeader } from "../helpers/wire-headers.js";

const open = (url: string) =>
  zmqModuleStreamOpener(
    JUNGFRAU_1M,
    new FixedClock(42),
    new RecordingLogger(),
  )({ url, streamIndex: 0, streamCount: 2, isPairing: false, highWaterMark: 64 });

test("yields what a port sends, until it is closed", async (t) => {
  const port = await PortPublisher.bind(ANY_PORT);
  const stream = await open(port.url);
  await port.subscribed();
  await port.send([wireHeader({ row: 0 }), modulePayload(5)]);
  await port.send(["rubbish"]);
  await port.send([wireHeader({ data: 0 })]);

  const messages: StreamMessage[] = [];
  for await (const message of stream) {
    messages.push(message);
    if (messages.length === 3) stream.close();
  }
  port.close();
  t.deepEqual(
    messages.map(({ kind }) => kind),
    ["frame", "fault", "end"],
  );
  const [first] = messages;
  t.true(first?.kind === "frame" && first.frame.raw.length === 1048576 && first.frame.raw[0] === 5);
  t.like(first, { frame: { arrivalSeconds: 42, portIndex: 0 } });
});

test("closing ends an iteration that waits", async (t) => {
  const stream = await open("tcp://127.0.0.1:9");
  setTimeout(() => stream.close(), 20);
  let count = 0;
  for await (const _ of stream) count += 1;
  stream.close();
  t.is(count, 0);
});

test("connects again, by itself, to a port that died and returned", async (t) => {
  const first = await PortPublisher.bind(ANY_PORT);
  const stream = await open(first.url);
  const numbers = frameNumbers(stream);

  await first.subscribed();
  await first.send([wireHeader({ frameNumber: 1 }), modulePayload(1)]);
  t.is((await numbers.next()).value, 1n);
  // The stream is being read while the port is away, as a monitor does.
  const next = numbers.next();
  first.close();
  const second = await bindAgain(first.url);
  await second.subscribed();
  await second.send([wireHeader({ frameNumber: 500 }), modulePayload(1)]);
  t.is((await next).value, 500n);
  stream.close();
  second.close();
});

test("a paused port sends nothing, also after it was connected to again, until it is resumed", async (t) => {
  const first = await PortPublisher.bind(ANY_PORT);
  const stream = await open(first.url);
  const numbers = frameNumbers(stream);
  const send = (port: PortPublisher, frameNumber: number) =>
    port.send([wireHeader({ frameNumber }), modulePayload(1)]);
  await first.subscribed();
  await send(first, 1);
  t.is((await numbers.next()).value, 1n);

  const next = numbers.next();
  stream.pause?.();
  stream.pause?.();
  await first.unsubscribed();
  await send(first, 2);
  first.close();
  const second = await bindAgain(first.url);
  t.teardown(() => second.close());
  await until(() => stream.problem !== undefined);
  await until(() => stream.problem === undefined);
  await send(second, 3);
  const subscribed = second.subscribed();
  stream.resume?.();
  stream.resume?.();
  await subscribed;
  await send(second, 4);
  t.is((await next).value, 4n);
  stream.close();
});

test("what was on its way when a port was paused still comes", async (t) => {
  const port = await PortPublisher.bind(ANY_PORT);
  t.teardown(() => port.close());
  const stream = await open(port.url);
  await port.subscribed();
  await port.send([wireHeader({ frameNumber: 1 }), modulePayload(1)]);
  stream.pause?.();
  await port.unsubscribed();
  t.is((await frameNumbers(stream).next()).value, 1n);
  stream.close();
  t.notThrows(() => stream.resume?.());
});

async function* frameNumbers(stream: ModuleStream): AsyncGenerator<bigint, void, undefined> {
  for await (const message of stream) if (message.kind === "frame") yield message.frame.frameNumber;
}

test("refuses an address that ZeroMQ cannot use", async (t) => {
  await t.throwsAsync(async () => open("nonsense"), {
    code: "STREAM_BAD_SOURCE",
    message: /'nonsense'/,
  });
});
