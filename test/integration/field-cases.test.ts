import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { SYSTEM_CLOCK } from "../../src/host/system-clock.js";
import { FieldDetector, type FieldExposure } from "../helpers/field-detector.js";
import { FieldMonitor } from "../helpers/field-monitor.js";
import { Lanes } from "../helpers/lanes.js";
import { seededChoices } from "../helpers/schedule.js";

/** Pixels that did not come. */
const MISSING = 0xffff;
/** Within this every fault is overcome. */
const HEALING_SECONDS = 1;

/** More of them side by side in one process would disturb each other's times. */
const lanes = new Lanes(2);

type Play = (detector: FieldDetector, monitor: FieldMonitor, t: ExecutionContext) => Promise<void>;

function fieldCase(name: string, play: Play, { ports = 2 } = {}): void {
  test(name, (t) =>
    lanes.run(async () => {
      const detector = await FieldDetector.bind(t, ports);
      await play(detector, await FieldMonitor.start(t, detector), t);
    }),
  );
}

/** Whole numbers from the first up to the last, both included. */
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

fieldCase("short acquisitions of one frame, of which a module missed one", async (detector, monitor) => {
  await detector.frame(1, [0]);
  await detector.end();
  await delay(200);
  for (let acquisition = 0; acquisition < 12; acquisition++) {
    await detector.frame(1);
    await delay(20);
    await detector.end();
    await delay(150);
  }
  await monitor.settled();
  monitor.assertWhole();
});

fieldCase("a whole acquisition that a module missed", async (detector, monitor) => {
  for (let acquisition = 0; acquisition < 6; acquisition++) {
    for (const number of numbers(1, 10)) {
      await detector.frame(number, acquisition === 2 ? [0] : [0, 1]);
      await delay(20);
    }
    await detector.end();
    await delay(300);
  }
  await monitor.settled();
  monitor.assertWhole();
});

fieldCase("a message that comes twice", async (detector, monitor, t) => {
  for (const number of numbers(1, 40)) {
    const exposure = await detector.frame(number);
    if (number === 20) await detector.send(exposure, 0);
    await delay(30);
  }
  await monitor.settled();
  monitor.assertWhole();
  t.is(monitor.counters.duplicate, 1);
});

fieldCase("numbers that differ by 3 in every frame", async (detector, monitor, t) => {
  const odd = detector.urls.length - 1;
  const warned = () =>
    /sends frame (\d+) while \S+ sends (\d+).*nextframenumber/.exec(monitor.warnings.join("\n"));
  for (const number of numbers(1, 100)) {
    const exposure = detector.expose(number);
    for (const port of detector.urls.keys())
      await detector.send(exposure, port, port === odd ? { frameNumber: number + 3 } : {});
    await delay(40);
    if (warned() !== null) break;
  }
  const [, one, other] = warned() ?? [];
  t.is(Math.abs(Number(other) - Number(one)), 3, monitor.warnings.join("\n"));
  t.deepEqual(monitor.whole, []);
});

fieldCase("a pause of seconds before an acquisition whose ticks begin anew", async (detector, monitor) => {
  for (const number of numbers(1, 10)) {
    await detector.frame(number);
    await delay(10);
  }
  await detector.end();
  await delay(3000);
  detector.clockStart = SYSTEM_CLOCK.nowSeconds() - 1;
  for (const number of numbers(11, 20)) {
    await detector.frame(number);
    await delay(20);
  }
  await monitor.settled();
  monitor.assertWhole();
  monitor.assertTimestamps([10]);
});

fieldCase("a first frame that comes 3 s after its exposure", async (detector, monitor) => {
  detector.clockStart -= 100;
  const first = detector.expose(1);
  const ticks = detector.ticks(first) - 3 * 1e7;
  for (const port of [0, 1]) await detector.send(first, port, { timestamp: ticks });
  for (const number of numbers(2, 40)) {
    await detector.frame(number);
    await delay(30);
  }
  await monitor.settled();
  monitor.assertWhole();
  monitor.assertTimestamps();
});

fieldCase("clocks that are 5 s apart, and a frame without ticks", async (detector, monitor) => {
  detector.clockStart -= 60;
  for (const number of numbers(1, 30)) {
    const exposure = detector.expose(number);
    const ticks = detector.ticks(exposure);
    await detector.send(exposure, 0, { timestamp: number === 10 ? 0 : ticks });
    await detector.send(exposure, 1, { timestamp: ticks - 5 * 1e7 });
    await delay(30);
  }
  await monitor.settled();
  monitor.assertWhole();
  monitor.assertTimestamps();
});

fieldCase("one module alone: half a detector, and the other half bad", async (detector, monitor, t) => {
  for (const number of numbers(1, 50)) {
    await detector.frame(number, [0]);
    await delay(40);
  }
  await monitor.settled();
  await half(t, detector, monitor, 1);
});

fieldCase(
  "four ports, one of which brings nothing",
  async (detector, monitor, t) => {
    for (const number of numbers(1, 50)) {
      await detector.frame(number, [0, 1, 3]);
      await delay(40);
    }
    await monitor.settled();
    await half(t, detector, monitor, 2);
  },
  { ports: 4 },
);

/** After at most a second events come in order without one port, whose pixels are bad. */
async function half(t: ExecutionContext, detector: FieldDetector, monitor: FieldMonitor, dead: number) {
  const first = detector.exposures[0]?.seconds ?? 0;
  const due = detector.exposures.filter(({ seconds }) => seconds > first + 1.5 * HEALING_SECONDS);
  const delivered = monitor.events.map(({ exposure }) => exposure.index);
  t.deepEqual(
    delivered,
    delivered.toSorted((a, b) => a - b),
  );
  t.deepEqual(
    due.filter(({ index }) => !delivered.includes(index)),
    [],
  );
  for (const { missing, incomplete, words } of monitor.events) {
    t.deepEqual(missing, [dead]);
    t.true(incomplete);
    t.is(words[dead], MISSING);
  }
}

fieldCase("frame numbers from 0", async (detector, monitor) => {
  for (const number of numbers(0, 9)) {
    await detector.frame(number);
    await delay(50);
  }
  await monitor.settled();
  monitor.assertWhole();
});

fieldCase("a receiver that dies and returns in an acquisition", async (detector, monitor) => {
  const frames = async (first: number, last: number, ports: number[]) => {
    for (const number of numbers(first, last)) {
      await detector.frame(number, ports);
      await delay(40);
    }
  };
  await frames(1, 15, [0, 1]);
  await monitor.received();
  detector.stop(1);
  const back = detector.restart(1);
  await frames(16, 30, [0]);
  await back;
  const from = detector.exposures.length;
  await frames(31, 75, [0, 1]);
  await monitor.settled();
  assertHealed(detector, monitor, from);
});

fieldCase("both receivers that begin again at 1", async (detector, monitor) => {
  for (const number of numbers(1, 20)) {
    await detector.frame(number);
    await delay(30);
  }
  await monitor.received();
  for (const port of [0, 1]) detector.stop(port);
  await Promise.all([0, 1].map((port) => detector.restart(port)));
  detector.clockStart = SYSTEM_CLOCK.nowSeconds();
  const from = detector.exposures.length;
  for (const number of numbers(1, 50)) {
    await detector.frame(number);
    await delay(30);
  }
  await monitor.settled();
  assertHealed(detector, monitor, from);
  monitor.assertTimestamps([from]);
});

/** What came whole before an exposure is delivered so, and what comes a second after it. */
function assertHealed(detector: FieldDetector, monitor: FieldMonitor, from: number) {
  const secondsOf = (index: number) => detector.exposures[index]?.seconds ?? 0;
  monitor.assertWhole({
    isDue: (index) => index < from || secondsOf(index) > secondsOf(from) + HEALING_SECONDS,
  });
}

fieldCase("end messages before acquisitions, doubled, and within", async (detector, monitor) => {
  for (let acquisition = 0; acquisition < 3; acquisition++) {
    await detector.end();
    await detector.end();
    for (const number of numbers(1, 10)) {
      await detector.frame(number);
      if (number === 5) await detector.end();
      await delay(20);
    }
    await delay(200);
  }
  await monitor.settled();
  monitor.assertWhole();
});

fieldCase("messages out of order", async (detector, monitor) => {
  let held: FieldExposure | undefined;
  for (const number of numbers(1, 40)) {
    const exposure = detector.expose(number);
    await detector.send(exposure, 0);
    if (number % 15 === 0) held = exposure;
    else await detector.send(exposure, 1);
    if (number % 15 === 1 && held !== undefined) await detector.send(held, 1);
    await delay(20);
  }
  await monitor.settled();
  // Those that are overtaken may be lost, and nothing else.
  monitor.assertWhole({ isDue: (index) => (index + 1) % 15 !== 0 });
});

fieldCase("incomplete frames that come late and in bunches", async (detector, monitor, t) => {
  const late = new Set<number>();
  const held: FieldExposure[] = [];
  for (const number of numbers(1, 30)) {
    const exposure = detector.expose(number);
    await detector.send(exposure, 0);
    if (number % 10 >= 7 && number % 10 <= 9) {
      held.push(exposure);
      late.add(exposure.index);
    } else {
      for (const one of held.splice(0)) await detector.send(one, 1, { completeImage: 0, packetNumber: 100 });
      await detector.send(exposure, 1);
    }
    await delay(100);
  }
  await monitor.settled();
  monitor.assertWhole({ isLate: (index) => late.has(index) });
  t.is(monitor.counters.incomplete, late.size);
});

fieldCase("half of the rows read: every frame is incomplete", async (detector, monitor, t) => {
  for (const number of numbers(1, 20)) {
    await detector.frame(number, undefined, { completeImage: 0, packetNumber: 64 });
    await delay(30);
  }
  await monitor.settled();
  monitor.assertWhole({ isDue: (index) => index >= 6 });
  t.true(monitor.events.every(({ incomplete }) => incomplete));
});

fieldCase("short acquisitions, of which a module misses one in six", async (detector, monitor, t) => {
  const random = seededChoices(1);
  const end = SYSTEM_CLOCK.nowSeconds() + 6;
  while (SYSTEM_CLOCK.nowSeconds() < end) {
    const ports = random.chance(1 / 6) ? [random.pick([0, 1])] : [0, 1];
    const intervalMs = 1000 / random.scaled(5, 60);
    for (const number of numbers(1, 1 + Math.floor(random.between(0, 5)))) {
      await detector.frame(number, ports);
      await delay(intervalMs);
    }
    if (random.chance(0.7)) await detector.end();
    await delay(random.between(50, 400));
  }
  await monitor.settled();
  const { sentWhole } = detector;
  t.true(monitor.whole.length >= 0.9 * sentWhole.length, `${monitor.whole.length} of ${sentWhole.length}`);
});
