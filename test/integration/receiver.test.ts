import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { Push } from "zeromq";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import type { OutputFormat } from "../../src/receiver/output.js";
import { writeOmPair } from "../../src/stream/index.js";
import { constantsInMemory, flatConstants, flatHighGain } from "../helpers/calibrators.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { DetectorUnderTest, type FrameOptions, portPayload } from "../helpers/detectors.js";
import { RunningMonitor } from "../helpers/monitors.js";
import { ANY_PORT } from "../helpers/ports.js";
import { startReceiver } from "../helpers/receivers.js";
import { until } from "../helpers/until.js";

/** What the detector shows: a run with a clock, a lost packet on either module, and every gain stage. */
const FRAMES: readonly FrameOptions[] = [
  { ticks: 10_000n },
  { ticks: 20_000n, incompletePort: 1, words: [0x4000 | 12_000, 0xc000 | 13_000, 0x8000, 0xc000, 0x4000] },
  { ticks: 30_000n, incompletePort: 0 },
  { ticks: 40_000n },
];
/** The clocks of the fakes stand still at the arrival of the first frame. */
const seconds = (index: number) => 1_700_000_000 + index * 1e-3;

const RAW = "  detector_calibration: false";
const CALIBRATED = "  detector_calibration: true";

/** A float64 of today's seconds is good to 0.2 µs. */
const microseconds = (seconds: number) => Math.round(1e6 * seconds);

/** All that a monitor gets of an event, short enough to be compared. */
type Result = Record<string, unknown>;

/** A monitor that remembers what it got. */
async function collect(t: ExecutionContext, source: string, yaml: string) {
  const results: Result[] = [];
  const constants = constantsInMemory({ ...flatConstants(), highGain: flatHighGain() });
  const monitor = await RunningMonitor.start(t, {
    source,
    yaml,
    values: new Map([[READ_CONSTANTS, constants]]),
    onEvent: (_, { timestamp, event_id, detector_data }) => {
      const { data, status, ...rest } = detector_data as DetectorFrame & { status?: Uint8Array };
      const checksum = (words: ArrayBufferView) =>
        crc32(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
      results.push({
        ...rest,
        timestamp: microseconds(timestamp as number),
        event_id,
        data: checksum(data),
        status: status && checksum(status),
        some: [...data.subarray(0, 5), data[1024 * 4], data[1024 * 512], data[1024 * 516], data.at(-1)],
      });
    },
  });
  return { monitor, results };
}

/** What a monitor gets from the detector's own ports. */
async function directly(
  t: ExecutionContext,
  yaml: string,
  portCount = 2,
  frames = FRAMES,
): Promise<Result[]> {
  const detector = await DetectorUnderTest.bind(t, { urls: new Array(portCount).fill(ANY_PORT) });
  const { results, monitor } = await collect(t, detector.source, yaml);
  await detector.subscribed();
  for (const [index, frame] of frames.entries()) await detector.send(index + 1, frame);
  await until(() => results.length === frames.length);
  await monitor.stop();
  return results;
}

/** What it gets behind a receiver. */
async function behindReceiver(
  t: ExecutionContext,
  yaml: string,
  format: OutputFormat,
  portCount = 2,
  frames = FRAMES,
): Promise<Result[]> {
  const detector = await DetectorUnderTest.bind(t, { urls: new Array(portCount).fill(ANY_PORT) });
  const receiver = await startReceiver(t, detector.source, { format });
  const { results, monitor } = await collect(t, receiver.url, yaml);
  await detector.subscribed();
  for (const [index, frame] of frames.entries()) await detector.send(index + 1, frame);
  await until(() => results.length === frames.length);
  await Promise.all([monitor.stop(), receiver.stop()]);
  return results;
}

/** What it gets from OM's own receiver. */
async function behindOm(t: ExecutionContext, yaml: string): Promise<Result[]> {
  const push = new Push({ linger: 0 });
  t.teardown(() => push.close());
  await push.bind("tcp://127.0.0.1:*");
  const { results, monitor } = await collect(t, push.lastEndpoint ?? "", yaml);
  for (const [index, frame] of FRAMES.entries()) {
    const modules = [0, 1].map((portIndex) => ({
      raw: portPayload(portIndex, 2, index + 1, frame),
      timestampSeconds: seconds(index),
      acquisitionIndex: BigInt(index + 1),
      frameNumber: BigInt(index + 1),
    }));
    await push.send(writeOmPair(modules, JUNGFRAU_1M));
  }
  await until(() => results.length === FRAMES.length);
  await monitor.stop();
  return results;
}

for (const [what, yaml] of [
  ["raw", RAW],
  ["calibrated", CALIBRATED],
] as const) {
  test.serial(
    `two ports, ${what}: the same directly, behind a receiver in either format, and from OM`,
    async (t) => {
      const expected = await directly(t, yaml);
      t.deepEqual(
        expected.map(({ event_id, incomplete }) => [event_id, incomplete]),
        [
          ["1", false],
          ["2", true],
          ["3", true],
          ["4", false],
        ],
      );
      for (const [index, { timestamp }] of expected.entries()) t.is(timestamp, microseconds(seconds(index)));
      t.is(new Set(expected.map(({ data }) => data)).size, FRAMES.length);
      t.deepEqual(await behindReceiver(t, yaml, "parts"), expected);
      t.deepEqual(await behindReceiver(t, yaml, "om"), expected);
      t.deepEqual(await behindOm(t, yaml), expected);
    },
  );

  test.serial(`four ports, ${what}: the same directly and behind a receiver in either format`, async (t) => {
    const expected = await directly(t, yaml, 4);
    t.is(new Set(expected.map(({ data }) => data)).size, FRAMES.length);
    t.deepEqual(await behindReceiver(t, yaml, "parts", 4), expected);
    t.deepEqual(await behindReceiver(t, yaml, "om", 4), expected);
  });
}

test.serial("parts say how the gain was set, which OM's pairs do not", async (t) => {
  const frames: FrameOptions[] = [{ daqInfo: 1 }];
  const highGain = await directly(t, CALIBRATED, 2, frames);
  t.deepEqual(await behindReceiver(t, CALIBRATED, "parts", 2, frames), highGain);
  const normal = await behindReceiver(t, CALIBRATED, "om", 2, frames);
  t.deepEqual(normal, await directly(t, CALIBRATED, 2, [{}]));
  t.notDeepEqual(normal, highGain);
});

/** Events that may be under way to a monitor: in its hands, in the sockets of both sides, and in the network. */
const MAX_HELD = 6;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
const byNumber = (ids: readonly string[]) => [...ids].sort((a, b) => Number(a) - Number(b));

/** No event that was paired, or chosen for a monitor, is unaccounted for. */
function checkAccounts(t: ExecutionContext, { counter }: { counter(name: string): number }): void {
  const sum = (...names: string[]) => names.reduce((total, name) => total + counter(name), 0);
  t.is(counter("paired"), sum("delivered", "skipped", "dropped", "abandoned"));
  t.is(counter("delivered"), sum("sent", "unsent"));
}

test.serial("each event goes to one of many monitors", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const receiver = await startReceiver(t, detector.source);
  const monitors: RunningMonitor[] = [];
  for (let i = 0; i < 3; i++) monitors.push(await RunningMonitor.start(t, { source: receiver.url }));
  await until(() => receiver.counter("monitors") === 3);
  await detector.subscribed();
  for (const id of numbers(60)) await detector.send(Number(id));
  const ids = () => monitors.flatMap((monitor) => monitor.ids);
  await until(() => ids().length >= 60 && ids().includes("60"));
  for (const monitor of monitors) await monitor.stop();
  t.deepEqual(byNumber(ids()), numbers(60));
  for (const monitor of monitors) {
    t.true(monitor.ids.length > 0, "it takes its turn");
    t.deepEqual(monitor.ids, byNumber(monitor.ids));
    t.like(monitor.status.counters, { malformed: 0, duplicate: 0, late: 0, paired: monitor.ids.length });
  }
  await until(() => receiver.counter("monitors") === 0);
  await receiver.stop();
  t.deepEqual([receiver.counter("sent"), receiver.counter("skipped")], [60, 0]);
  checkAccounts(t, receiver);
});

test.serial("when no monitor takes, events are skipped, and the next one is the newest", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const receiver = await startReceiver(t, detector.source, { delivery: "latest" });
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const monitor = await RunningMonitor.start(t, {
    source: receiver.url,
    delivery: "latest",
    onEvent: () => gate,
  });
  await until(() => receiver.counter("monitors") === 1);
  await detector.subscribed();
  // One by one, so that the receiver chooses of each whether to send it.
  for (let frame = 1; frame <= 40; frame++) {
    await detector.send(frame);
    await until(() => receiver.counter("paired") === frame);
    await delay(2);
  }
  t.is(receiver.counter("abandoned"), 0);
  go();
  await until(() => monitor.ids.at(-1) === "40");
  t.deepEqual(monitor.ids, byNumber(monitor.ids));
  t.true(monitor.ids.length <= 1 + MAX_HELD, `${monitor.ids}`);
  await receiver.stop();
  t.is(receiver.counter("skipped"), 40 - monitor.ids.length);
  checkAccounts(t, receiver);
});

test.serial("a monitor that is killed costs what it held, and no more", async (t) => {
  const folder = await temporaryFolder(t);
  const configuration = join(folder, "monitor.yaml");
  await writeFile(
    configuration,
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}`,
  );
  const detector = await DetectorUnderTest.bind(t);
  const receiver = await startReceiver(t, detector.source);
  const killed = new Command(t, ["monitor", "-c", configuration, receiver.url, "--json"]);
  const survivor = await RunningMonitor.start(t, { source: receiver.url, delivery: "latest" });
  await until(() => receiver.counter("monitors") === 2);
  await detector.subscribed();

  let frame = 0;
  const send = async () => {
    await detector.send(++frame);
    await delay(2); // what is sent must not outrun the sockets
  };
  while (killed.stdout.length < 3) await send();
  // Held up first, so that it has all that it can hold when it dies.
  killed.stop();
  for (let more = 0; more < 40; more++) await send();
  await killed.kill();
  await killed.ended();
  await until(() => receiver.counter("monitors") === 1);
  // The last one comes when nobody else can take it.
  await detector.send(++frame);
  await until(() => survivor.ids.at(-1) === String(frame));
  await receiver.stop();

  const ofKilled = killed.stdout.map((line) => JSON.parse(line).event_id as string);
  const got = byNumber([...ofKilled, ...survivor.ids]);
  t.deepEqual(got, byNumber([...new Set(got)]), "none came twice");
  t.is(receiver.counter("paired"), frame);
  t.is(receiver.counter("skipped"), 0);
  const lost = receiver.counter("sent") - got.length;
  t.true(lost >= 0 && lost <= MAX_HELD, `${lost} were lost`);
  checkAccounts(t, receiver);
});

test.serial("a receiver that is started again needs no restart of monitors", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const first = await startReceiver(t, detector.source);
  const monitors: RunningMonitor[] = [];
  for (let i = 0; i < 2; i++) monitors.push(await RunningMonitor.start(t, { source: first.url }));
  await until(() => first.counter("monitors") === 2);
  await detector.subscribed();
  for (const id of numbers(4)) await detector.send(Number(id));
  const ids = () => byNumber(monitors.flatMap((monitor) => monitor.ids));
  await until(() => ids().length === 4);
  await first.stop();

  const second = await startReceiver(t, detector.source, { output: first.url });
  t.is(second.url, first.url);
  await until(() => second.counter("monitors") === 2);
  // A publisher that has not seen the first receiver leave does not tell of the second.
  let frame = 500;
  for (; second.counter("sent") < 4; await delay(5)) await detector.send(++frame);
  await until(() => ids().length === 4 + second.counter("sent"));
  await until(() => ids().includes(String(frame)));
  t.deepEqual(ids().slice(0, 4), numbers(4));
  t.deepEqual(ids(), [...new Set(ids())]);
  for (const monitor of monitors) t.deepEqual(monitor.warnings, []);
});
