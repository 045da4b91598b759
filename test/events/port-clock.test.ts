import test from "ava";
import { EventClock } from "../../src/events/event-clock.js";
import { PortClock } from "../../src/events/port-clock.js";
import { aModuleFrame } from "../helpers/module-frames.js";
import { seededChoices } from "../helpers/schedule.js";

const START = 1_700_000_000;

interface Sent {
  /** When it was exposed, and what the detector's clock said then. */
  readonly seconds: number;
  readonly clock: number;
  /** How long it was on its way. */
  readonly delay?: number;
  readonly complete?: boolean;
  readonly isQueued?: boolean;
}

/** What the clock makes of frames that come one after the other: by how much it is wrong. */
function errors(frames: readonly Sent[], clock = new PortClock()): number[] {
  return frames.map(({ seconds, clock: ticks, delay = 0.001, complete = true, isQueued = false }, index) => {
    const frame = aModuleFrame({
      frameNumber: BigInt(index + 1),
      timestampTicks: BigInt(Math.round(ticks * 1e7)),
      arrivalSeconds: START + seconds + delay,
      complete,
    });
    return (clock.secondsOf(frame, isQueued) ?? Number.NaN) - START - seconds;
  });
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

/** Frames at a rate, of a clock that was 0 at some time and goes wrong by a share. */
function series(
  count: number,
  hz: number,
  { from = 0, zero = 0, drift = 0, delay = (): number => 0.001 } = {},
): Sent[] {
  return Array.from({ length: count }, (_, index) => {
    const seconds = from + index / hz;
    return { seconds, clock: (seconds - zero) * (1 + drift) + 1, delay: delay() };
  });
}

test("a first frame that is late is put right by the second", (t) => {
  const [first, ...others] = series(100, 30, { zero: -100 });
  const late = { ...(first as Sent), seconds: -3, clock: 98, delay: 3 };
  t.true(largest(errors([late, ...others]).slice(1)) < 0.002);
});

test("ticks that begin anew, also at more than they were: after a pause the time is that of the sending", (t) => {
  for (const clock of [0.001, 1, 0.05]) {
    const before = series(10, 100, { zero: 0 });
    const after = series(20, 50, { from: 4 }).map((one, index) => ({ ...one, clock: clock + index / 50 }));
    t.true(largest(errors([...before, ...after])) < 0.05, `ticks from ${clock} s`);
  }
});

test("a backlog of ours does not move the anchor", (t) => {
  const frames = series(1000, 100).map((one) => {
    const isHeldUp = one.seconds >= 2 && one.seconds < 5;
    return isHeldUp ? { ...one, delay: 5 - one.seconds + (one.seconds - 2) / 1000, isQueued: true } : one;
  });
  t.true(largest(errors(frames)) < 0.005);
  // Where it is not known that they waited, the first after the silence are taken for a new start, until more follow.
  const unknown = errors(frames.map((one) => ({ ...one, isQueued: false })));
  t.true(largest(unknown.toSpliced(200, 2)) < 0.005);
});

test("frames that lost packets come late, and have the time of their exposure", (t) => {
  const frames = series(200, 20).map((one, index) =>
    index % 7 === 3 ? { ...one, delay: 0.05, complete: false } : one,
  );
  t.true(largest(errors(frames)) < 0.005);
});

test("the anchor follows a clock that drifts by 30 ppm, through ten hours", (t) => {
  for (const drift of [30e-6, -30e-6]) {
    const { next } = seededChoices(1);
    const delay = () => 0.001 - 0.002 * Math.log(1 - next());
    t.true(largest(errors(series(36_000, 1, { drift, delay }))) < 0.01, `${drift}`);
  }
});

test("intervals between frames are those of the detector, whatever the network does", (t) => {
  const { next, chance } = seededChoices(2);
  const delay = () => 0.0005 - 0.003 * Math.log(1 - next()) + (chance(0.01) ? 0.03 : 0);
  const all = errors(series(3000, 100, { delay }));
  const jitter = all.slice(2).map((error, index) => error - (all[index + 1] as number));
  t.true(largest(jitter) < 0.001, `${largest(jitter)}`);
});

test("random delays, losses, pauses and new starts: within 50 ms from the second frame on", (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededChoices(seed);
    let seconds = 0;
    const frames: Sent[] = [];
    /** Of each frame, how many of its acquisition came before. */
    const places: number[] = [];
    for (let acquisition = 0; acquisition < 5; acquisition++) {
      const hz = random.scaled(5, 500);
      const zero = seconds - random.pick([0, 0.001, 1, 30]);
      const length = Math.round(random.scaled(2, 200));
      let place = 0;
      for (let frame = 0; frame < length; frame++, seconds += 1 / hz) {
        if (random.chance(0.1)) continue;
        const delay = 0.0005 - 0.002 * Math.log(1 - random.next());
        frames.push({ seconds, clock: seconds - zero + 0.001, delay });
        places.push(place++);
      }
      seconds += random.scaled(0.6, 20);
    }
    const wrong = errors(frames).filter((error, index) => places[index] !== 0 && !(Math.abs(error) <= 0.05));
    t.deepEqual(wrong, [], `seed ${seed}`);
  }
});

/** An exposure of two ports, as it is noted and asked for. */
function eventSeconds(
  clock: EventClock,
  frameNumber: bigint,
  arrivalSeconds: number,
  ticks: readonly bigint[],
): number {
  const frames = ticks.map((timestampTicks, portIndex) =>
    aModuleFrame({
      frameNumber,
      portIndex,
      timestampTicks,
      arrivalSeconds: START + arrivalSeconds + portIndex / 1000,
    }),
  );
  for (const frame of frames) clock.note(frame);
  return clock.timestampSeconds(frames) - START;
}

test("an event has the time of its first arrival where no port has a clock", (t) => {
  const clock = new EventClock();
  t.is(eventSeconds(clock, 1n, 100, [0n, 0n]), 100);
  t.is(eventSeconds(clock, 2n, 103, [0n, 0n]), 103);
});

test("each port has an anchor of its own: a frame that was lost whole does not move the time, whatever the clocks say", (t) => {
  const clock = new EventClock();
  for (let frame = 1; frame <= 30; frame++) {
    const seconds = frame / 30;
    const ticks = BigInt(Math.round(1e7 * (60 + seconds)));
    const found = eventSeconds(clock, BigInt(frame), seconds, [
      frame === 10 ? 0n : ticks,
      ticks - 50_000_000n,
    ]);
    t.true(Math.abs(found - seconds) < 0.005, `frame ${frame}: ${found - seconds}`);
  }
});

test("time does not go back while frame numbers grow", (t) => {
  const { next } = seededChoices(3);
  const clock = new EventClock();
  let newest = 0;
  for (let frame = 1; frame <= 500; frame++) {
    const seconds = frame / 2000;
    const late = seconds - 0.01 * Math.log(1 - next());
    const found = eventSeconds(clock, BigInt(frame), late, [BigInt(Math.round(seconds * 1e7)), 0n]);
    t.true(found >= newest);
    newest = found;
  }
});
