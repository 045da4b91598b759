import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { SYSTEM_CLOCK } from "../../src/cli/system-clock.js";
import { FieldDetector, type FieldExposure } from "../helpers/field-detector.js";
import { FieldMonitor } from "../helpers/field-monitor.js";
import { Lanes } from "../helpers/lanes.js";
import { seededRandom } from "../helpers/schedule.js";

/** Pixels that did not come. */
const MISSING = 0xffff;
/** Within this every fault is overcome. */
const HEALING_SECONDS = 1;

/** Each sends up to 100 MB/s: more of them side by side would disturb each other's times. */
const lanes = new Lanes(3);

type Play = (t: ExecutionContext, detector: FieldDetector, monitor: FieldMonitor) => Promise<void>;

function fieldCase(name: string, play: Play, { ports = 2 } = {}): void {
  test(name, (t) =>
    lanes.run(async () => {
      const detector = await FieldDetector.bind(t, ports);
      await play(t, detector, await FieldMonitor.start(t, detector));
    }),
  );
}

/** Whole numbers from the first up to the last, both included. */
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Indices of the exposures that every port has sent, from one on. */
const sentWhole = (detector: FieldDetector, from = 0) =>
  [...detector.sentBy.keys()].filter(
    (index) => index >= from && detector.sentBy[index]?.size === detector.urls.length,
  );

fieldCase("short acquisitions of one frame, of which a module missed one", async (t, detector, monitor) => {
  await detector.frame(1, [0]);
  await detector.end();
  await delay(200);
  for (let acquisition = 0; acquisition < 20; acquisition++) {
    await detector.frame(1);
    await delay(20);
    await detector.end();
    await delay(150);
  }
  await monitor.settled();
  t.deepEqual(monitor.whole, sentWhole(detector));
});

fieldCase("a whole acquisition that a module missed", async (t, detector, monitor) => {
  for (let acquisition = 0; acquisition < 6; acquisition++) {
    for (const number of numbers(1, 10)) {
      await detector.frame(number, acquisition === 2 ? [0] : [0, 1]);
      await delay(20);
    }
    await detector.end();
    await delay(300);
  }
  await monitor.settled();
  t.deepEqual(monitor.whole, sentWhole(detector));
});

fieldCase("a message that comes twice", async (t, detector, monitor) => {
  for (const number of numbers(1, 50)) {
    const exposure = await detector.frame(number);
    if (number === 20) await detector.send(exposure, 0);
    await delay(10);
  }
  await monitor.settled();
  t.deepEqual(monitor.whole, sentWhole(detector));
  t.is(monitor.counters.duplicate, 1);
});

fieldCase("numbers that differ by 3 in every frame", async (t, detector, monitor) => {
  await differs(t, detector, monitor, 1);
  t.deepEqual(monitor.whole, []);
});

fieldCase(
  "four ports, one of which counts 3 more",
  (t, detector, monitor) => differs(t, detector, monitor, 3),
  {
    ports: 4,
  },
);

/** One port counts 3 more, and a warning says so within seconds. */
async function differs(t: ExecutionContext, detector: FieldDetector, monitor: FieldMonitor, port: number) {
  const warning = () =>
    /brings frame (\d+) when \S+ brings (\d+).*nextframenumber/.exec(monitor.warnings.join("\n"));
  for (const number of numbers(1, 100)) {
    const exposure = detector.expose(number);
    for (const one of detector.urls.keys())
      await detector.send(exposure, one, one === port ? { frameNumber: number + 3 } : {});
    await delay(40);
    if (warning() !== null) break;
  }
  const [, one, other] = warning() ?? [];
  t.is(Math.abs(Number(other) - Number(one)), 3, monitor.warnings.join("\n"));
}

fieldCase("a pause of seconds before an acquisition whose ticks begin anew", async (t, detector, monitor) => {
  for (const number of numbers(1, 10)) {
    await detector.frame(number);
    await delay(10);
  }
  await detector.end();
  await delay(4000);
  detector.clockStart = SYSTEM_CLOCK.nowSeconds() - 1;
  for (const number of numbers(11, 20)) {
    await detector.frame(number);
    await delay(20);
  }
  await monitor.settled();
  t.is(monitor.whole.length, 20);
  monitor.assertTimestamps([0, 10]);
});

fieldCase("a first frame that comes 3 s after its exposure", async (t, detector, monitor) => {
  detector.clockStart -= 100;
  const first = detector.expose(1);
  const ticks = detector.ticks(first) - 3 * 1e7;
  for (const port of [0, 1]) await detector.send(first, port, { timestamp: ticks });
  for (const number of numbers(2, 40)) {
    await detector.frame(number);
    await delay(30);
  }
  await monitor.settled();
  t.is(monitor.whole.length, 40);
  monitor.assertTimestamps();
});

fieldCase("clocks that are 5 s apart, and a frame without ticks", async (t, detector, monitor) => {
  detector.clockStart -= 60;
  for (const number of numbers(1, 30)) {
    const exposure = detector.expose(number);
    const ticks = detector.ticks(exposure);
    await detector.send(exposure, 0, { timestamp: number === 10 ? 0 : ticks });
    await detector.send(exposure, 1, { timestamp: ticks - 5 * 1e7 });
    await delay(30);
  }
  await monitor.settled();
  t.is(monitor.whole.length, 30);
  monitor.assertTimestamps();
});

fieldCase("one module alone: half a detector, and the other half bad", async (t, detector, monitor) => {
  for (const number of numbers(1, 50)) {
    await detector.frame(number, [0]);
    await delay(40);
  }
  await monitor.settled();
  await half(t, detector, monitor, 1);
});

fieldCase(
  "four ports, one of which brings nothing",
  async (t, detector, monitor) => {
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

fieldCase("frame numbers from 0", async (t, detector, monitor) => {
  for (const number of numbers(0, 9)) {
    await detector.frame(number);
    await delay(50);
  }
  await monitor.settled();
  t.deepEqual(monitor.whole, numbers(0, 9));
});

fieldCase("a receiver that dies and returns in an acquisition", async (t, detector, monitor) => {
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
  assertHealed(t, detector, monitor, from);
});

fieldCase("both receivers that begin again at 1", async (t, detector, monitor) => {
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
  assertHealed(t, detector, monitor, from);
  monitor.assertTimestamps([0, from]);
});

/** What came whole before an exposure is delivered so, and what comes a second after it. */
function assertHealed(t: ExecutionContext, detector: FieldDetector, monitor: FieldMonitor, from: number) {
  const healed = (detector.exposures[from]?.seconds ?? 0) + HEALING_SECONDS;
  const isDue = (index: number) => index < from || (detector.exposures[index]?.seconds ?? 0) > healed;
  const due = sentWhole(detector).filter(isDue);
  t.true(due.some((index) => index >= from));
  t.deepEqual(monitor.whole.filter(isDue), due);
}

fieldCase("end messages before acquisitions, doubled, and within", async (t, detector, monitor) => {
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
  t.deepEqual(monitor.whole, sentWhole(detector));
});

fieldCase("messages out of order", async (t, detector, monitor) => {
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
  const isInOrder = (index: number) => (index + 1) % 15 !== 0;
  t.deepEqual(monitor.whole.filter(isInOrder), sentWhole(detector).filter(isInOrder));
});

fieldCase("incomplete frames that come late and in bunches", async (t, detector, monitor) => {
  const incomplete = { completeImage: 0, packetNumber: 100 };
  for (const first of [1, 11, 21]) {
    const late = [];
    for (const number of numbers(first, first + 9)) {
      const exposure = detector.expose(number);
      await detector.send(exposure, 0);
      const place = number - first;
      if (place >= 3 && place <= 6) late.push(exposure);
      else {
        for (const one of late.splice(0)) await detector.send(one, 1, incomplete);
        await detector.send(exposure, 1);
      }
      await delay(25);
    }
  }
  await monitor.settled();
  t.deepEqual(monitor.whole, sentWhole(detector));
  t.is(monitor.counters.incomplete, 12);
});

fieldCase("half of the rows read: every frame is incomplete", async (t, detector, monitor) => {
  for (const number of numbers(1, 20)) {
    await detector.frame(number, undefined, { completeImage: 0, packetNumber: 64 });
    await delay(30);
  }
  await monitor.settled();
  t.deepEqual(
    monitor.whole.filter((index) => index >= 6),
    numbers(6, 19),
  );
});

for (const seed of [1, 2, 3]) {
  fieldCase(
    `short acquisitions, of which a module misses one in six, ${seed}`,
    async (t, detector, monitor) => {
      const random = seededRandom(seed);
      const end = SYSTEM_CLOCK.nowSeconds() + 6;
      while (SYSTEM_CLOCK.nowSeconds() < end) {
        const ports = random.chance(1 / 6) ? [random.pick([0, 1])] : [0, 1];
        const interval = 1000 / random.scaled(5, 60);
        for (const number of numbers(1, 1 + Math.floor(random.between(0, 5)))) {
          await detector.frame(number, ports);
          await delay(interval);
        }
        if (random.chance(0.7)) await detector.end();
        await delay(random.between(50, 400));
      }
      await monitor.settled();
      const sent = sentWhole(detector).length;
      t.true(monitor.whole.length >= 0.9 * sent, `${monitor.whole.length} of ${sent}`);
    },
  );
}
