import { setImmediate } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { DataEvent } from "../../src/api/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { freeMemory, takeMemory } from "../../src/stream/free-memory.js";
import {
  type ModuleFrame,
  type ModuleStream,
  type StreamMessage,
  zmqModuleStreamOpener,
} from "../../src/stream/index.js";
import { FixedClock, parametersOf, RecordingLogger, registerPlugin } from "../helpers/fakes.js";
import { modulePayload } from "../helpers/module-frames.js";
import { ANY_PORT } from "../helpers/ports.js";
import { wireHeader } from "../helpers/wire-headers.js";

const MIB = 2 ** 20;
const NODE = { nodeRank: 1, nodePoolSize: 2 };

test("frees a buffer, and is harmless when repeated", (t) => {
  const bytes = new Uint8Array(MIB).fill(7);
  const { buffer } = bytes;
  freeMemory(bytes);
  t.is(bytes.length, 0);
  t.is(buffer.byteLength, 0);
  t.notThrows(() => freeMemory(bytes));
  t.notThrows(() => freeMemory(new Uint8Array(0)));
});

test("frees what Buffer allocates for itself alone", (t) => {
  const bytes = Buffer.allocUnsafeSlow(1000);
  freeMemory(bytes);
  t.is(bytes.length, 0);
});

test("memory that is taken is the same memory, and no longer the giver's", (t) => {
  const bytes = Buffer.allocUnsafeSlow(1000).fill(7);
  const taken = takeMemory(bytes);
  t.is(bytes.length, 0);
  t.deepEqual(taken, new Uint8Array(1000).fill(7));
});

for (const [part, from, to] of [
  ["begin", 0, 9],
  ["middle", 1, 9],
  ["end", 1, 10],
] as const) {
  test(`leaves a buffer alone of which the view is only the ${part}`, (t) => {
    const whole = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const view = whole.subarray(from, to);
    freeMemory(view);
    t.is(whole.length, 10);
    t.deepEqual([...view], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(from, to));
  });
}

test("leaves a pool alone", (t) => {
  const pooled = Buffer.from("a few bytes");
  freeMemory(pooled);
  t.is(pooled.toString(), "a few bytes");
});

async function opened(t: ExecutionContext) {
  const port = await PortPublisher.bind(ANY_PORT);
  t.teardown(() => port.close());
  const open = zmqModuleStreamOpener(JUNGFRAU_1M, new FixedClock(), new RecordingLogger());
  const stream = await open({
    url: port.url,
    streamIndex: 0,
    streamCount: 2,
    isPairing: false,
    highWaterMark: 64,
  });
  t.teardown(() => stream.close());
  await port.subscribed();
  return { port, messages: messagesOf(stream) };
}

async function* messagesOf(stream: ModuleStream): AsyncGenerator<StreamMessage, never, undefined> {
  yield* stream;
  throw new Error("the stream has ended");
}

async function nextFrame(messages: AsyncGenerator<StreamMessage, never, undefined>): Promise<ModuleFrame> {
  const { value } = await messages.next();
  if (value.kind !== "frame") throw new Error(`a ${value.kind} came`);
  return value.frame;
}

test.serial("a frame of a socket is empty after its release, and other frames are not", async (t) => {
  const { port, messages } = await opened(t);
  for (const row of [0, 1]) await port.send([wireHeader({ row }), modulePayload(5 + row)]);
  const frame = await nextFrame(messages);
  const other = await nextFrame(messages);
  t.is(frame.raw.length, MIB);
  frame.release?.();
  frame.release?.();
  t.is(frame.raw.length, 0);
  t.is(other.raw.length, MIB);
  t.deepEqual([...other.raw.subarray(0, 4)], [6, 0, 6, 0]);
});

test.serial("memory does not grow with the frames that were released", async (t) => {
  const { port, messages } = await opened(t);
  const payload = modulePayload(5);
  const header = wireHeader();
  const inUse = () => {
    const { external, arrayBuffers } = process.memoryUsage();
    return Math.max(external, arrayBuffers);
  };
  const before = inUse();
  // As long as the frames are held, the garbage collector can do nothing about their memory.
  const held: ModuleFrame[] = [];
  let most = 0;
  while (held.length < 3000 && most < 256 * MIB) {
    for (let sent = 0; sent < 4; sent++) await port.send([header, payload]);
    for (let received = 0; received < 4; received++) {
      const frame = await nextFrame(messages);
      if (frame.raw.length !== MIB) throw new Error(`a payload of ${frame.raw.length} bytes`);
      frame.release?.();
      held.push(frame);
    }
    most = Math.max(most, inUse() - before);
  }
  t.is(held.length, 3000, `${most / MIB} MiB after ${held.length} frames`);
  t.true(most < 64 * MIB, `${most / MIB} MiB`);
});

test.serial("messages that make no sense are freed at once", async (t) => {
  const { port, messages } = await opened(t);
  const payload = modulePayload(5);
  const before = process.memoryUsage().external;
  let most = 0;
  for (let count = 0; count < 500; count++) {
    await port.send(["rubbish", payload]);
    const { value } = await messages.next();
    t.is(value.kind, "fault");
    most = Math.max(most, process.memoryUsage().external - before);
  }
  // Where the garbage collector has to find them, 30 MiB gather before it does.
  t.true(most < 16 * MIB, `${most / MIB} MiB`);
});

test.serial("a closed event has no data any more, and the next one has", async (t) => {
  const ports = [await PortPublisher.bind(ANY_PORT), await PortPublisher.bind(ANY_PORT)];
  t.teardown(() => {
    for (const port of ports) port.close();
  });
  const { context, dispose } = registerPlugin();
  t.teardown(dispose);
  const yaml = "data_retrieval_layer: {required_data: [detector_data], detector_calibration: false}";
  const handler = context.dataRetrievals
    .get("Jungfrau1MZmqDataRetrieval")({
      source: ports.map(({ url }) => url).join(","),
      monitorParameters: parametersOf(yaml),
    })
    .getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  const events = handler.eventGenerator(NODE);
  const next = async (frameNumber: number): Promise<DataEvent> => {
    const taken = events.next();
    if (frameNumber === 1) await Promise.all(ports.map((port) => port.subscribed()));
    for (const [row, port] of ports.entries()) {
      await port.send([wireHeader({ frameNumber, row, detshape: [1, 2] }), modulePayload(frameNumber)]);
    }
    return (await taken).value as DataEvent;
  };

  const first = await next(1);
  const { detector_data: owned } = handler.extractData({ event: first });
  handler.closeEvent({ event: first });
  await setImmediate();
  for (const read of [handler.extractData, handler.borrowData]) {
    t.throws(() => read?.call(handler, { event: first }), {
      code: "HOST_EVENT_CLOSED",
      message: "Event 1 is closed. Extract its data between openEvent and closeEvent.",
    });
  }
  t.notThrows(() => handler.closeEvent({ event: first }));
  const second = await next(2);
  const { detector_data } = handler.extractData({ event: second });
  t.true((detector_data as { data: Uint16Array }).data.every((word) => word === 2));
  t.true(
    (owned as { data: Uint16Array }).data.every((word) => word === 1),
    "what was extracted is the caller's",
  );
  handler.closeEvent({ event: second });
});
