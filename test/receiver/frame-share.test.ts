import test, { type ExecutionContext } from "ava";
import { Subscriber } from "zeromq";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { FrameShare } from "../../src/receiver/frame-share.js";
import { type ShareOptions, shareSettings } from "../../src/receiver/share-settings.js";
import type { PortPublisher } from "../../src/simulator/publisher.js";
import { DetectorUnderTest, portPayload } from "../helpers/detectors.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { RunningMonitor } from "../helpers/monitors.js";
import { ANY_PORT, bindAgain, fixedPorts } from "../helpers/ports.js";
import { until } from "../helpers/until.js";
import { wireHeader } from "../helpers/wire-headers.js";

async function startShare(t: ExecutionContext, input: string, monitors: number, output = ANY_PORT) {
  const logger = new RecordingLogger();
  const share = await FrameShare.open({
    input,
    output,
    monitors,
    layout: JUNGFRAU_1M,
    logger,
    clock: new FixedClock(),
  });
  const abort = new AbortController();
  const ended = share.run(abort.signal);
  t.teardown(() => {
    abort.abort();
    return ended;
  });
  const counters = () => share.status().counters;
  return { share, logger, counters };
}

/** A port of the detector that a share listens to. */
async function startPort(t: ExecutionContext, monitors: number) {
  const port = await bindAgain(ANY_PORT);
  t.teardown(() => port.close());
  const subscribed = port.subscribed();
  const started = await startShare(t, port.url, monitors);
  await subscribed;
  return { port, ...started };
}

/** Somebody who subscribes, and collects the messages. */
function subscribe(t: ExecutionContext, url: string) {
  const socket = new Subscriber({ linger: 0 });
  t.teardown(() => socket.close());
  socket.subscribe("");
  socket.connect(url);
  const messages: Buffer[][] = [];
  void (async () => {
    for await (const message of socket) messages.push(message);
  })();
  return { socket, messages };
}

/** Messages that are for everybody, until everybody gets them: a subscription takes a moment. */
async function untilHeard(port: PortPublisher, ...all: (readonly Buffer[][])[]) {
  await until(async () => {
    await port.send([END]);
    return all.every((messages) => messages.length > 0);
  });
}

const END = wireHeader({ data: 0 });
const PAYLOAD = portPayload(0, 2, 7, {});
const frame = (frameNumber: number | bigint) => [wireHeader({ frameNumber }), PAYLOAD];
const isFrame = ({ length }: readonly Buffer[]) => length > 1;
const numbersOf = (messages: readonly Buffer[][]) =>
  messages.filter(isFrame).map(([header]) => Number(/"frameNumber":(\d+)/.exec(String(header))?.[1]));

test("each frame goes, byte for byte, to the monitor that its number names, and ends go to every monitor", async (t) => {
  const { port, share, counters } = await startPort(t, 3);
  const monitors = share.urls.map((url) => subscribe(t, url).messages);
  await untilHeard(port, ...monitors);
  for (let number = 1; number <= 9; number++) await port.send(frame(number));
  await port.send([END]);
  const hasAll = (messages: readonly Buffer[][]) =>
    numbersOf(messages).length === 3 && messages.at(-1)?.length === 1;
  await until(() => monitors.every(hasAll));
  t.deepEqual(monitors.map(numbersOf), [
    [3, 6, 9],
    [1, 4, 7],
    [2, 5, 8],
  ]);
  for (const messages of monitors) {
    const [header, payload] = messages.find(isFrame) ?? [];
    const number = numbersOf(messages)[0] ?? 0;
    t.deepEqual(header, Buffer.from(wireHeader({ frameNumber: number })));
    t.true(payload?.equals(PAYLOAD));
    t.deepEqual(messages.at(-1), [Buffer.from(END)]);
  }
  t.like(counters(), { module_frames: 9, sent: 9, unsent: 0, monitors: 3 });
});

test("a monitor that is gone costs its share until it is back, and nobody else's", async (t) => {
  const { port, share, counters } = await startPort(t, 2);
  const [even = "", odd = ""] = share.urls;
  const stays = subscribe(t, even).messages;
  const dies = subscribe(t, odd);
  await untilHeard(port, stays, dies.messages);
  t.is(share.status().message.includes("no monitor"), false);
  dies.socket.close();
  await until(() => counters().monitors === 1);
  t.true(share.status().message.endsWith(`no monitor is connected to ${odd}`));
  for (let number = 1; number <= 4; number++) await port.send(frame(number));
  await until(() => counters().module_frames === 4);
  t.like(counters(), { sent: 2, unsent: 2 });
  const back = subscribe(t, odd).messages;
  await untilHeard(port, back);
  for (let number = 5; number <= 8; number++) await port.send(frame(number));
  await until(() => numbersOf(stays).length === 4 && numbersOf(back).length === 2);
  t.deepEqual(
    [numbersOf(stays), numbersOf(back)],
    [
      [2, 4, 6, 8],
      [5, 7],
    ],
  );
  t.like(counters(), { module_frames: 8, sent: 6, unsent: 2 });
});

test("frames for a monitor that has unsubscribed, or reads nothing, are counted apart", async (t) => {
  const { port, share, counters } = await startPort(t, 1);
  const { socket, messages } = subscribe(t, share.urls[0] ?? "");
  await untilHeard(port, messages);
  socket.unsubscribe("");
  await until(async () => {
    await port.send(frame(1));
    return (counters().unasked ?? 0) > 0;
  });
  const stuck = new Subscriber({ linger: 0, receiveHighWaterMark: 1, receiveBufferSize: 65536 });
  t.teardown(() => stuck.close());
  stuck.subscribe("");
  stuck.connect(share.urls[0] ?? "");
  let number = 1;
  await until(async () => {
    number += 1;
    await port.send(frame(number));
    return (counters().overflowed ?? 0) > 0;
  });
  const { module_frames, sent = 0, unsent = 0, unasked = 0, overflowed = 0, malformed = 0 } = counters();
  t.is(module_frames, sent + unsent + unasked + overflowed + malformed);
});

test("a message without a readable frame number is counted, logged, and passed to nobody", async (t) => {
  const { port, share, logger, counters } = await startPort(t, 2);
  const monitors = share.urls.map((url) => subscribe(t, url).messages);
  await untilHeard(port, ...monitors);
  for (const parts of [["what?"], ["{}", "x"], ["1", "2", "3"], [`{"data":1,"frameNumber":-1}`, ""]])
    await port.send(parts);
  await port.send(frame(2n ** 64n - 1n));
  await until(() => monitors.some((messages) => messages.some(isFrame)));
  t.deepEqual(
    monitors.map((messages) => messages.filter(isFrame).length),
    [0, 1],
  );
  t.like(counters(), { module_frames: 5, malformed: 4, sent: 1 });
  t.true(logger.lines.some((line) => line.includes(port.url)));
});

test("monitors pair what the processes of two ports hand to them, and miss nothing that was never theirs", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const subscribed = detector.subscribed();
  const first = await fixedPorts(4);
  const url = (port: number) => `tcp://127.0.0.1:${port}`;
  const shares: Awaited<ReturnType<typeof startShare>>[] = [];
  for (const [index, input] of detector.urls.entries())
    shares.push(await startShare(t, input, 2, url(first + 2 * index)));
  await subscribed;
  const monitors: RunningMonitor[] = [];
  for (const share of [0, 1]) {
    const source = `${url(first + share)},${url(first + 2 + share)}`;
    const yaml = "  detector_calibration: false\n  frame_number_step: 2";
    monitors.push(await RunningMonitor.start(t, { source, yaml }));
  }
  await until(() => shares.every(({ counters }) => counters().monitors === 2));
  const [even, odd] = monitors as [RunningMonitor, RunningMonitor];
  let number = 0;
  const send = () => detector.send(++number);
  await until(async () => {
    await send();
    return even.ids.length > 0 && odd.ids.length > 0;
  });
  const from = number;
  for (let sent = 0; sent < 10; sent++) await send();
  await until(
    () =>
      even.ids.length > 0 &&
      odd.ids.length > 0 &&
      Math.max(...[even, odd].map(({ ids }) => Number(ids.at(-1)))) === number,
  );
  await until(() => [...even.ids, ...odd.ids].filter((id) => Number(id) > from).length === 10);
  t.true(even.ids.every((id) => Number(id) % 2 === 0));
  t.true(odd.ids.every((id) => Number(id) % 2 === 1));
  t.is(even.status.counters.missed, 0);
  t.is(odd.status.counters.missed, 0);
});

for (const [what, options, message] of [
  [
    "two ports",
    { addresses: ["tcp://a:1", "tcp://b:1", "tcp://c:1"] },
    /^--share takes one port of the detector/,
  ],
  ["a receiver", { addresses: ["pairs+tcp://a:1"] }, /^--share takes one port/],
  ["a recording", { addresses: ["run_master_0.json"] }, /^--share takes one port/],
  ["ports that there are not", { addresses: ["tcp://a:1", "tcp://*:65535"] }, /and the next 1 ports/],
  ["no address", { addresses: ["tcp://a:1", "here"] }, /^Cannot listen on here/],
] satisfies [string, Partial<ShareOptions>, RegExp][]) {
  test(`--share refuses ${what}`, async (t) => {
    const error = await t.throwsAsync(
      shareSettings(JUNGFRAU_1M, { monitors: 2, ...options }, () => undefined),
    );
    t.regex(error?.message ?? "", message);
  });
}
