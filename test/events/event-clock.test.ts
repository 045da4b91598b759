import test from "ava";
import { EventClock } from "../../src/events/event-clock.js";
import { aModuleFrame } from "../helpers/module-frames.js";

const pair = (frameNumber: bigint, arrivalSeconds: number, ticks0: bigint, ticks1 = ticks0) => [
  aModuleFrame({ frameNumber, arrivalSeconds, timestampTicks: ticks0 }),
  aModuleFrame({ frameNumber, arrivalSeconds: arrivalSeconds + 0.25, timestampTicks: ticks1, portIndex: 1 }),
];

test("ticks count from the arrival of the first frame", (t) => {
  const clock = new EventClock();
  t.is(clock.timestampSeconds(pair(1n, 100, 5_000_000n)), 100);
  t.is(clock.timestampSeconds(pair(2n, 107, 15_000_000n)), 101);
});

test("ticks that go back are a new measurement, also when the frame numbers go on", (t) => {
  const clock = new EventClock();
  clock.timestampSeconds(pair(1n, 100, 5_000_000n));
  t.is(clock.timestampSeconds(pair(2n, 200, 10_000n)), 200);
  t.is(clock.timestampSeconds(pair(3n, 999, 20_010_000n)), 202);
});

test("ticks that stand still are a new measurement: acquisitions of one frame each", (t) => {
  const clock = new EventClock();
  clock.timestampSeconds(pair(1n, 100, 10_000n));
  t.is(clock.timestampSeconds(pair(2n, 160, 10_000n)), 160);
});

test("frame numbers that go back are a new run, also when the ticks go on", (t) => {
  const clock = new EventClock();
  clock.timestampSeconds(pair(9n, 100, 5_000_000n));
  t.is(clock.timestampSeconds(pair(1n, 300, 6_000_000n)), 300);
});

test("without ticks the arrival counts", (t) => {
  const clock = new EventClock();
  t.is(clock.timestampSeconds(pair(1n, 100, 0n)), 100);
  t.is(clock.timestampSeconds(pair(2n, 103, 0n)), 103);
});

test("a frame that was lost whole has no ticks: the other module's count, and the anchor stays", (t) => {
  const clock = new EventClock();
  clock.timestampSeconds(pair(1n, 100, 10_000_000n));
  t.is(clock.timestampSeconds(pair(2n, 555, 0n, 20_000_000n)), 101);
  t.is(clock.timestampSeconds(pair(3n, 102, 0n)), 102);
  t.is(clock.timestampSeconds(pair(4n, 555, 40_000_000n)), 103);
});
