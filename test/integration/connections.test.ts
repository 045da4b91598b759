import { connect, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import type { ModuleStream } from "../../src/stream/index.js";
import { zmqModuleStreamOpener } from "../../src/stream/index.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { modulePayload } from "../helpers/module-frames.js";
import { RunningMonitor } from "../helpers/monitors.js";
import { ANY_PORT, bindAgain, fixedAddress } from "../helpers/ports.js";
import { startReceiver } from "../helpers/receivers.js";
import { until } from "../helpers/until.js";
import { wireHeader } from "../helpers/wire-headers.js";
import { brokenPublisher, frameHead, GARBAGE, GREETING, RawServer, ready } from "../helpers/zmtp.js";

/** Back within this, whatever happened. */
const BACK_MS = 5000;

interface OpenStream {
  readonly stream: ModuleStream;
  readonly warnings: readonly string[];
  /** Numbers of the frames that came. */
  readonly numbers: bigint[];
}

async function open(
  t: ExecutionContext,
  url: string,
  { streamCount = 2, addresses }: { streamCount?: number; addresses?: readonly string[] } = {},
): Promise<OpenStream> {
  const logger = new RecordingLogger();
  const opener = zmqModuleStreamOpener(
    JUNGFRAU_1M,
    new FixedClock(),
    logger,
    addresses && (async () => addresses),
  );
  const stream = await opener({ url, streamIndex: 0, streamCount, isPairing: false, highWaterMark: 4 });
  const numbers: bigint[] = [];
  const read = async () => {
    for await (const message of stream) if (message.kind === "frame") numbers.push(message.frame.frameNumber);
  };
  const done = read();
  t.teardown(async () => {
    stream.close();
    await done;
  });
  return { stream, warnings: logger.lines, numbers };
}

/** A good detector port at the address, of which a stream gets each frame once. */
async function flows(t: ExecutionContext, { stream, numbers }: OpenStream, url: string): Promise<void> {
  const startMs = performance.now();
  const port = await bindAgain(url);
  t.teardown(() => port.close());
  await port.subscribed();
  t.true(performance.now() - startMs < BACK_MS);
  for (const frameNumber of [7, 8, 9]) await port.send([wireHeader({ frameNumber }), modulePayload(1)]);
  await until(() => numbers.at(-1) === 9n);
  t.deepEqual(numbers, [7n, 8n, 9n]);
  t.is(stream.problem, undefined);
}

for (const [what, listening, addresses] of [
  ["IPv4 alone", "tcp://127.0.0.1", ["::1", "127.0.0.1"]],
  ["IPv6 alone", "tcp://[::1]", ["127.0.0.1", "::1"]],
  ["its third address alone", "tcp://127.0.0.3", ["127.0.0.1", "127.0.0.2", "127.0.0.3"]],
] as const) {
  test(`a host that listens on ${what} is found by name, also later`, async (t) => {
    const portNumber = (await fixedAddress()).split(":").at(-1);
    const url = `${listening}:${portNumber}`;
    const name = `tcp://detector:${portNumber}`;
    const opened = await open(t, name, { addresses });
    t.is(opened.stream.url, name);
    await until(() => opened.stream.problem === "not connected: nothing listens on this port");
    await flows(t, opened, url);
  });
}

test("localhost is a port that listens on IPv4 alone", async (t) => {
  const port = await bindAgain(ANY_PORT);
  t.teardown(() => port.close());
  const { stream } = await open(t, port.url.replace("127.0.0.1", "localhost"));
  await port.subscribed();
  await until(() => stream.problem === undefined);
  t.pass();
});

const BROKE = "the peer violated ZeroMQ's protocol, or sent too large a message";

for (const [what, rest] of [
  ["garbage", GARBAGE],
  ["a message of 1 GiB", frameHead(2 ** 30)],
  ["a part of 1 GiB", Buffer.concat([frameHead(1, { more: true }), Buffer.of(1), frameHead(2 ** 30)])],
] as const) {
  test(`a publisher that sends ${what} is left, and the good one after it connected`, async (t) => {
    const broken = await RawServer.listen(t, brokenPublisher(rest));
    const opened = await open(t, broken.url);
    await until(() => broken.clients >= 2);
    t.is(opened.warnings[0], `warn ${broken.url} was disconnected: ${BROKE}`);
    broken.close();
    await flows(t, opened, broken.url);
  });
}

const SILENT = "refused: it accepts connections and stays silent; its process hangs, or is not ZeroMQ";
const WEB = "refused: a web server listens on this port, not ZeroMQ";
const answering = (answer: string) => (socket: Socket) => {
  let request = "";
  socket.on("data", (bytes) => {
    request += bytes.toString("latin1");
    if (/\n/.test(request)) socket.end(answer);
  });
};
const strangers: readonly (readonly [what: string, speak: (socket: Socket) => void, problem: string])[] = [
  ["a peer that accepts and stays silent", () => undefined, SILENT],
  ["a web server that waits for a whole request", answering("HTTP/1.0 200 OK\r\n\r\n"), WEB],
  [
    "a web server that answers to anything",
    (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    WEB,
  ],
  [
    "an SSH server",
    (socket) => socket.end("SSH-2.0-x\r\n"),
    "refused: it does not speak ZeroMQ's protocol, but sent 'SSH-2.0-x'",
  ],
  ["a peer that hangs up", (socket) => socket.end(), "refused: it closed the connection at once"],
  [
    "a socket of another kind",
    (socket) => socket.write(Buffer.concat([GREETING, ready("PUSH")])),
    "refused: this ZeroMQ socket is not an slsReceiver's port. Name an `om-jungfrau receive` alone, as pairs+tcp://HOST:PORT. Instead of an slsFrameSynchronizer, name the receivers' ports",
  ],
];
for (const [what, speak, problem] of strangers) {
  test(`${what} is named, and the good one after it connected`, async (t) => {
    const stranger = await RawServer.listen(t, speak);
    const opened = await open(t, stranger.url);
    await until(() => opened.stream.problem === problem);
    await until(() => opened.warnings.includes(`warn ${stranger.url} ${problem}`));
    stranger.close();
    await flows(t, opened, stranger.url);
  });
}

test("a port that opens late is connected at once", async (t) => {
  const url = await fixedAddress();
  const opened = await open(t, url);
  await until(() => opened.stream.problem === "not connected: nothing listens on this port");
  // Attempts have become as rare as they get.
  const startMs = performance.now();
  await until(() => performance.now() - startMs > 3000);
  await flows(t, opened, url);
});

test("a receiver leaves broken publishers, and pairs the good ones after them", async (t) => {
  const broken = [
    await RawServer.listen(t, brokenPublisher(GARBAGE)),
    await RawServer.listen(t, brokenPublisher(frameHead(2 ** 30))),
  ];
  const urls = broken.map(({ url }) => url);
  const receiver = await startReceiver(t, urls.join(","));
  const monitor = await RunningMonitor.start(t, { source: receiver.url });
  await until(() =>
    urls.every((url) => receiver.warnings.includes(`warn ${url} was disconnected: ${BROKE}`)),
  );
  for (const one of broken) one.close();
  const detector = await DetectorUnderTest.bind(t, { urls });
  await detector.subscribed();
  for (const frame of [1, 2, 3]) await detector.send(frame);
  await until(() => monitor.ids.length === 3);
  t.like(monitor.status.counters, { paired: 3, duplicate: 0 });
});

for (const [what, bytes] of [
  ["garbage", Buffer.concat([GREETING, ready("PULL"), GARBAGE])],
  ["a message of 1 GiB", Buffer.concat([GREETING, ready("PULL"), frameHead(2 ** 30)])],
  ["garbage from the start", Buffer.alloc(1000, 0x41)],
] as const) {
  test(`clients that send ${what} to a receiver disturb no monitor`, async (t) => {
    const detector = await DetectorUnderTest.bind(t);
    const receiver = await startReceiver(t, detector.source);
    await detector.subscribed();
    const monitor = await RunningMonitor.start(t, { source: receiver.url });
    await until(() => receiver.counter("monitors") === 1);
    const { port } = new URL(receiver.url.replace("tcp", "http"));
    for (let frame = 1; frame <= 5; frame++) {
      const client = connect(Number(port), "127.0.0.1");
      client.on("error", () => undefined); // being hung up on is what it is for
      client.resume();
      client.write(bytes);
      await new Promise((resolve) => client.once("close", resolve));
      await until(() => receiver.counter("monitors") === 1);
      await detector.send(frame);
      await until(() => monitor.ids.length === frame);
    }
    t.deepEqual(monitor.ids, ["1", "2", "3", "4", "5"]);
  });
}

test("modules that all claim row 0 and column 0 are paired in the order of the source, with a warning", async (t) => {
  const ports = [await bindAgain(ANY_PORT), await bindAgain(ANY_PORT)];
  t.teardown(() => {
    for (const port of ports) port.close();
  });
  const rows: number[] = [];
  const monitor = await RunningMonitor.start(t, {
    source: ports.map(({ url }) => url).join(","),
    onEvent: (_, data) => {
      const { data: words } = data.detector_data as { data: Uint16Array };
      rows.push(words[0] as number, words[512 * 1024] as number);
    },
  });
  for (const port of ports) await port.subscribed();
  for (const frameNumber of [1, 2, 3]) {
    for (const [index, port] of ports.entries())
      await port.send([wireHeader({ frameNumber, row: 0, column: 0 }), modulePayload(2500 + index)]);
  }
  await until(() => monitor.ids.includes("3"));
  t.deepEqual(rows.slice(-2), [2500, 2501]);
  t.is(monitor.warnings.filter((line) => line.includes("All ports report row 0 and column 0")).length, 1);
});
