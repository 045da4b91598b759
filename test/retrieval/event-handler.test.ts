import test from "ava";
import type { DataEvent } from "../../src/api/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { MonitorError } from "../../src/index.js";
import { OPEN_MODULE_STREAM, type OpenModuleStream } from "../../src/stream/index.js";
import { constantsInMemory, flatConstants } from "../helpers/calibrators.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";
import { handlerOf, NODE, RAW, sendPair, started } from "../helpers/handlers.js";
import { FakeModuleStream } from "../helpers/module-frames.js";

test("events carry the required data by their names", async (t) => {
  const { handler, streams, dispose } = handlerOf();
  const { first } = await started(handler);
  sendPair(streams, 5n, { arrivalSeconds: 1000.5 });
  const event = (await first).value as DataEvent;
  handler.openEvent({ event });
  const data = handler.extractData({ event });
  handler.closeEvent({ event });
  t.deepEqual(Object.keys(data), [
    "timestamp",
    "event_id",
    "detector_data",
    "beam_energy",
    "detector_distance",
  ]);
  t.like(data, { timestamp: 1000.5, event_id: "5", beam_energy: 12400, detector_distance: 150 });
  t.true((data.detector_data as DetectorFrame).data.every((word) => word === 5));
  dispose();
});

test("lends the same data, from the sources that lend", async (t) => {
  const { handler, streams, dispose } = handlerOf();
  const { first } = await started(handler);
  sendPair(streams, 5n);
  const event = (await first).value as DataEvent;
  const owned = handler.extractData({ event });
  const lent = handler.borrowData?.({ event });
  t.deepEqual(lent, owned);
  const lentAgain = handler.borrowData?.({ event });
  t.truthy(lentAgain);
  const bufferOf = (data = owned) => (data.detector_data as DetectorFrame).data.buffer;
  t.is(bufferOf(lent), bufferOf(lentAgain));
  t.not(bufferOf(lent), bufferOf(owned));
  dispose();
});

test("counts what its sources count, and frees what they hold", async (t) => {
  const yaml = `
data_retrieval_layer: {required_data: [detector_data]}
calibration: {dark_filenames: [d], gain_filenames: [g], photon_energy_kev: 8}
`;
  const values = new Map<symbol, unknown>([[READ_CONSTANTS, constantsInMemory(flatConstants())]]);
  const { handler, streams, status } = handlerOf(yaml, undefined, values);
  const { first } = await started(handler);
  sendPair(streams, 5n, { gainMode: { highGain: true, fixedStage: undefined, forcedStage: undefined } });
  const event = (await first).value as DataEvent;
  t.is(status().counters.wrong_constants, 0);
  handler.extractData({ event });
  t.is(status().counters.wrong_constants, 1);
  (handler as unknown as { dispose(): void }).dispose(); // the plugin's would dispose of the source by itself
  t.throws(() => handler.extractData({ event }), { message: /is not initialised, or disposed of/ });
});

test("builds only what is required", async (t) => {
  const { handler } = handlerOf("data_retrieval_layer: {required_data: [event_id]}");
  await t.notThrowsAsync(async () => handler.initializeEventHandlingOnProcessingNode(NODE));
});

test("every fault of source and configuration is told together", async (t) => {
  const { handler } = handlerOf(
    "data_retrieval_layer:\n  required_data: [detector_data, colour, beam_energy]\n  delivery: some\n  incomplete_frames: [a]\n  pairing_window: 0\n",
    "tcp://a:1,b",
  );
  const faults = await codesAndMessages(
    Promise.resolve(handler.initializeEventHandlingOnProcessingNode(NODE)),
  );
  t.deepEqual(
    faults.map(([code]) => code),
    [
      "STREAM_BAD_SOURCE",
      "CONFIGURATION_BAD_VALUE",
      "CONFIGURATION_WRONG_TYPE",
      "CONFIGURATION_BAD_VALUE",
      "CONFIGURATION_MISSING_KEY",
      "CONFIGURATION_MISSING_KEY",
      "CONFIGURATION_MISSING_KEY",
      "CONFIGURATION_BAD_VALUE",
      "CONFIGURATION_MISSING_KEY",
    ],
  );
});

for (const size of ["0", "-1", ".inf", ".nan"]) {
  test(`a queue of ${size} MiB is refused`, async (t) => {
    const { handler } = handlerOf(`${RAW}  delivery_queue_mib: ${size}\n`);
    const faults = await codesAndMessages(
      Promise.resolve(handler.initializeEventHandlingOnProcessingNode(NODE)),
    );
    t.deepEqual(
      faults.map(([code]) => code),
      ["CONFIGURATION_BAD_VALUE"],
    );
    t.regex(
      faults[0]?.[1] ?? "",
      /^monitor\.yaml:8: .*delivery_queue_mib is .* Write a number of MiB above 0/,
    );
  });
}

test("aborting ends a generator that waits, and closes the streams", async (t) => {
  const { handler, streams } = handlerOf();
  const abort = new AbortController();
  const { first } = await started(handler, abort.signal);
  abort.abort();
  t.true((await first).done);
  t.deepEqual(
    streams.map(({ isClosed }) => isClosed),
    [true, true],
  );
});

test("leaving the generator closes the streams and counts what is left", async (t) => {
  const { handler, streams, status } = handlerOf();
  const { events, first } = await started(handler);
  for (const frameNumber of [1n, 2n, 3n]) sendPair(streams, frameNumber);
  streams[0]?.pushFrame({ frameNumber: 4n });
  await first;
  while ((status().counters.module_frames ?? 0) < 7) await new Promise((resolve) => setImmediate(resolve));
  await events.return();
  t.true(streams.every(({ isClosed }) => isClosed));
  t.like(status().counters, {
    module_frames: 7,
    paired: 3,
    delivered: 1,
    abandoned: 2,
    unpaired: 1,
    waiting: 0,
  });
});

test("disposing ends a generator that waits, and may be repeated", async (t) => {
  const { handler, streams, dispose, status } = handlerOf();
  const { first } = await started(handler);
  dispose();
  dispose();
  t.true((await first).done);
  t.true(streams.every(({ isClosed }) => isClosed));
  t.throws(status, { message: /no stream is open/ });
});

test("a stream that is read first tears no pair", async (t) => {
  const { handler, streams, status } = handlerOf(
    "data_retrieval_layer: {required_data: [event_id], delivery: all}",
  );
  const { first } = await started(handler);
  const numbers = Array.from({ length: 200 }, (_, index) => BigInt(index + 1));
  for (const frameNumber of numbers) streams[0]?.pushFrame({ frameNumber });
  await new Promise((resolve) => setImmediate(resolve));
  for (const frameNumber of numbers) streams[1]?.pushFrame({ frameNumber, portIndex: 1 });
  await first;
  while ((status().counters.module_frames ?? 0) < 400) await new Promise((resolve) => setTimeout(resolve, 5));
  t.like(status().counters, { paired: 200, unpaired: 0, late: 0, waiting: 0 });
});

test("a stream does not wait for one that brings nothing", async (t) => {
  const { handler, streams, status } = handlerOf(
    "data_retrieval_layer: {required_data: [event_id], delivery: all}",
  );
  await started(handler);
  for (let frameNumber = 1n; frameNumber <= 500n; frameNumber++) streams[0]?.pushFrame({ frameNumber });
  while ((status().counters.module_frames ?? 0) < 500) await new Promise((resolve) => setTimeout(resolve, 5));
  t.like(status().counters, { paired: 0, partial: 436, waiting: 64 });
});

test("streams are read while events that wait are taken", async (t) => {
  const { handler, streams, status } = handlerOf();
  const { events, first } = await started(handler);
  const read = () => status().counters.module_frames ?? 0;
  for (let frameNumber = 1n; frameNumber <= 20n; frameNumber++) sendPair(streams, frameNumber);
  await first;
  while (read() < 40) await new Promise((resolve) => setImmediate(resolve));
  for (let frameNumber = 21n; frameNumber <= 40n; frameNumber++) sendPair(streams, frameNumber);
  for (let taken = 0; taken < 15; taken++) await events.next();
  t.true(read() >= 40 + 14, `${read()} module frames were read`);
});

test("the ends of the streams end the events", async (t) => {
  const { handler, streams } = handlerOf();
  const { events, first } = await started(handler);
  sendPair(streams, 1n);
  await first;
  for (const stream of streams) stream.close();
  t.true((await events.next()).done);
});

test("a stream that fails is told with its address, after the events that were good", async (t) => {
  const { handler, streams } = handlerOf();
  const { events, first } = await started(handler);
  sendPair(streams, 1n);
  t.false((await first).done);
  streams[1]?.fail(new Error("the cable is gone"));
  await t.throwsAsync(events.next(), {
    code: "STREAM_FAILED",
    message: "Stream tcp://b:2 failed: the cable is gone. Start the monitor again.",
  });
  t.true(streams.every(({ isClosed }) => isClosed));
});

test("a stream that fails while the monitor is at work is told when it comes back", async (t) => {
  const { handler, streams } = handlerOf();
  const { events, first } = await started(handler);
  sendPair(streams, 1n);
  await first;
  streams[1]?.fail(new Error("the cable is gone"));
  // Long enough for a rejection that nobody handles, which would end a monitor; the test runner lets it pass.
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("unhandledRejection", note);
  t.deepEqual(unhandled, []);
  await t.throwsAsync(events.next(), { code: "STREAM_FAILED" });
});

/** The event handler on streams of which the second opens when the test says so. */
function slowlyOpening() {
  let openSecond: () => void = () => undefined;
  const isOpened = new Promise<void>((resolve) => {
    openSecond = resolve;
  });
  const opened: FakeModuleStream[] = [];
  const open: OpenModuleStream = async ({ url, streamIndex }) => {
    if (streamIndex === 1) await isOpened;
    const stream = new FakeModuleStream(url);
    opened.push(stream);
    return stream;
  };
  return { ...handlerOf(RAW, undefined, new Map([[OPEN_MODULE_STREAM, open]])), opened, openSecond };
}

test("aborting while the streams are being opened closes them", async (t) => {
  const { handler, opened, openSecond } = slowlyOpening();
  const abort = new AbortController();
  const { first } = await started(handler, abort.signal);
  t.is(opened.length, 1);
  abort.abort();
  openSecond();
  t.true((await first).done);
  t.deepEqual(
    opened.map(({ isClosed }) => isClosed),
    [true, true],
  );
});

test("disposing while the streams are being opened closes them, and later generators end at once", async (t) => {
  const { handler, dispose, opened, openSecond } = slowlyOpening();
  const { first } = await started(handler);
  t.is(opened.length, 1);
  dispose();
  openSecond();
  t.true((await first).done);
  t.true((await handler.eventGenerator(NODE).next()).done);
  t.is(opened.length, 4);
  t.true(opened.every(({ isClosed }) => isClosed));
});

test("a generator whose signal was aborted before ends at once", async (t) => {
  const { handler, streams } = handlerOf();
  const { first } = await started(handler, AbortSignal.abort());
  t.true((await first).done);
  t.true(streams.every(({ isClosed }) => isClosed));
});

test("a stream that cannot be opened closes those that were", async (t) => {
  const opened: FakeModuleStream[] = [];
  const open: OpenModuleStream = ({ url, streamIndex }) => {
    if (streamIndex === 1) throw new MonitorError("STREAM_BAD_SOURCE", "no");
    opened.push(new FakeModuleStream(url));
    return opened[0] as FakeModuleStream;
  };
  const { context } = registerPlugin(new Map([[OPEN_MODULE_STREAM, open]]));
  const make = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval");
  const handler = make({
    source: "tcp://a:1,tcp://b:2",
    monitorParameters: parametersOf(RAW),
  }).getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  await t.throwsAsync(handler.eventGenerator(NODE).next(), { code: "STREAM_BAD_SOURCE" });
  t.true(opened[0]?.isClosed);
});

test("faults are counted, logged once, and then every ten seconds with their number", async (t) => {
  const { handler, streams, logger, clock, status } = handlerOf();
  const { first } = await started(handler);
  const fault = { kind: "fault", fault: new MonitorError("STREAM_BAD_HEADER", "odd header") } as const;
  streams[0]?.push(fault, fault, fault);
  while ((status().counters.malformed ?? 0) < 3) await new Promise((resolve) => setImmediate(resolve));
  clock.seconds += 10;
  streams[0]?.push(fault);
  sendPair(streams, 1n);
  t.false((await first).done);
  t.is(status().counters.malformed, 4);
  t.deepEqual(
    logger.lines.filter((line) => line.startsWith("warn")),
    ["warn tcp://a:1: odd header", "warn tcp://a:1: odd header (and 2 more)"],
  );
});

test("two streams that claim the same module are told", async (t) => {
  const { handler, streams, logger, status } = handlerOf();
  await started(handler);
  for (const stream of streams) stream.pushFrame({ portIndex: 0 });
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  t.is(status().counters.duplicate, 1);
  t.true(logger.lines.some((line) => /same module as another stream/.test(line)));
});

test("the status says what is waited for, and where", async (t) => {
  const { handler, streams, status, clock } = handlerOf();
  t.deepEqual(status(), {
    state: "waiting",
    message: "not listening yet to tcp://a:1,tcp://b:2",
    counters: {},
  });
  const { first } = await started(handler);
  streams[1]?.pushFrame({ portIndex: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  clock.seconds += 2;
  t.is(status().message, "waiting for the first event: no data from tcp://a:1 yet");
  streams[0]?.pushFrame({ portIndex: 0 });
  await first;
  t.is(status().state, "streaming");
});

test("the status says which module has fallen silent", async (t) => {
  const { handler, streams, status, clock } = handlerOf();
  const { first } = await started(handler);
  sendPair(streams, 1n);
  await first;
  clock.seconds += 60;
  streams[1]?.pushFrame({ portIndex: 1, frameNumber: 2n });
  await new Promise((resolve) => setImmediate(resolve));
  t.is(status().state, "one_module_only");
  t.regex(status().message, /^one module only: no data from tcp:\/\/a:1 for 60 s\. /);
});

test("the status says which module never came, while the other streams on", async (t) => {
  const { handler, streams, status, clock } = handlerOf();
  await started(handler);
  for (let frameNumber = 1n; frameNumber <= 7n; frameNumber++) {
    streams[0]?.pushFrame({ frameNumber });
    await new Promise((resolve) => setImmediate(resolve));
    clock.seconds += 1;
  }
  t.is(status().state, "one_module_only");
  t.regex(status().message, /^one module only: no data from tcp:\/\/b:2 yet\. /);
});

test("a stream of which every event is dropped as incomplete does stream", async (t) => {
  const { handler, streams, status, clock } = handlerOf(RAW.replace("all", "all\n  incomplete_frames: drop"));
  await started(handler);
  clock.seconds += 60;
  for (let number = 1; number <= 10; number++) {
    sendPair(streams, BigInt(number), { complete: false, arrivalSeconds: clock.seconds + number / 10 });
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  const { state, counters } = status();
  t.is(state, "streaming");
  t.true((counters.dropped ?? 0) >= 5, JSON.stringify(counters));
  t.is(counters.dropped, counters.paired);
});

test("a monitor that takes no events does not blame the detector", async (t) => {
  const { handler, streams, status, clock } = handlerOf(RAW.replace("all", "all\n  delivery_queue_mib: 32"));
  const { first } = await started(handler);
  for (let frameNumber = 1n; frameNumber <= 20n; frameNumber++) sendPair(streams, frameNumber);
  await first;
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  clock.seconds += 60;
  t.like(status(), { state: "streaming", message: "held up: the monitor takes no events" });
});

test("what comes too early, and what a stream cannot do, are errors", async (t) => {
  const { handler } = handlerOf();
  await t.throwsAsync(handler.eventGenerator(NODE).next(), { code: "HOST_NOT_INITIALIZED" });
  const { events } = await started(handler);
  await t.throwsAsync(handler.eventGenerator(NODE).next(), {
    code: "HOST_NOT_INITIALIZED",
    message: /Another event generator/,
  });
  await t.throwsAsync(async () => handler.initializeEventDataRetrieval(), { code: "HOST_NO_SINGLE_EVENTS" });
  await t.throwsAsync(async () => handler.retrieveEventData({ eventId: "1" }), {
    code: "HOST_NO_SINGLE_EVENTS",
  });
  void events.return();
});

test("says what came from each stream", async (t) => {
  const { handler, streams, status } = handlerOf();
  const { first } = await started(handler);
  t.deepEqual(
    status().inputs?.map(({ name }) => name),
    ["tcp://a:1", "tcp://b:2"],
  );
  sendPair(streams, 1n, { complete: false });
  streams[0]?.push(
    { kind: "fault", fault: new MonitorError("STREAM_BAD_HEADER", "odd header") },
    { kind: "end", repaired: false },
  );
  t.false((await first).done);
  const ends = () => status().inputs?.[0]?.counters.end_messages;
  while (ends() !== 1) await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(status().inputs, [
    {
      name: "tcp://a:1",
      problem: undefined,
      counters: { messages: 2, end_messages: 1, incomplete: 1, malformed: 1 },
    },
    {
      name: "tcp://b:2",
      problem: undefined,
      counters: { messages: 1, end_messages: 0, incomplete: 1, malformed: 0 },
    },
  ]);
});

test("describes what is required, also what it failed to initialise", async (t) => {
  const yaml = `
data_retrieval_layer: {required_data: [event_id, detector_data, beam_energy], detector_calibration: false}
`;
  const { handler } = handlerOf(yaml);
  t.deepEqual(handler.describeData?.(), {});
  await t.throwsAsync(async () => handler.initializeEventHandlingOnProcessingNode(NODE), {
    code: "CONFIGURATION_MISSING_KEY",
  });
  t.deepEqual(handler.describeData?.(), {
    event_id: { returns: { dtype: "string", shape: [] } },
    detector_data: { returns: { dtype: "uint16", shape: [1024, 1024], unit: "raw" } },
    beam_energy: { returns: { dtype: "float64", shape: [] } },
  });
  t.throws(() => handler.extractData({ event: {} as DataEvent }), { code: "HOST_NOT_INITIALIZED" });
});

test("without a source everything is initialised, but there are no events", async (t) => {
  const { context, status } = registerPlugin();
  const handler = context.dataRetrievals
    .get("Jungfrau1MZmqDataRetrieval")({ source: undefined, monitorParameters: parametersOf(RAW) })
    .getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  t.is(Object.keys(handler.describeData?.() ?? {}).length, 5);
  t.is(status().message, "not listening yet to any source");
  await t.throwsAsync(handler.eventGenerator(NODE).next(), { code: "STREAM_BAD_SOURCE" });
});
