import { setImmediate } from "node:timers/promises";
import test from "ava";
import { zeroCounters } from "../../src/events/counters.js";
import { Delivery, type DeliveryOptions } from "../../src/events/delivery.js";
import type { Slot } from "../../src/events/freshness.js";
import type { DeliveryPolicy } from "../../src/events/index.js";
import { aDataEvent } from "../helpers/module-frames.js";

const EVENT_BYTES = 8;
const raw = new Uint16Array(EVENT_BYTES / 2);
const event = (frameNumber: number) => aDataEvent({ words: raw, frameNumber: BigInt(frameNumber) });

function delivery(policy: DeliveryPolicy, options: Partial<DeliveryOptions> = {}) {
  const counters = zeroCounters();
  const all = { delivery: policy, queueBytes: 16 * EVENT_BYTES, onDemand: false, ...options };
  return { counters, delivery: new Delivery(all, counters) };
}

/** An event that knows how often its memory was given back, by the number of the frame. */
function releasable(releases: Map<number, number>) {
  return (frameNumber: number) => {
    releases.set(frameNumber, 0);
    const release = () => void releases.set(frameNumber, (releases.get(frameNumber) ?? 0) + 1);
    return aDataEvent({ words: raw, frameNumber: BigInt(frameNumber), release });
  };
}
/** One for each port. */
const RELEASED = 2;

test("latest keeps the newest event and counts the others as skipped", async (t) => {
  const { delivery: slot, counters } = delivery("latest");
  for (const number of [1, 2, 3]) slot.put(event(number));
  await slot.room();
  t.is((await slot.take())?.frameNumber, 3n);
  t.like(counters, { skipped: 2, delivered: 1 });
});

test("all keeps every event in order, and holds the streams up when the queue is full", async (t) => {
  const { delivery: queue, counters } = delivery("all");
  for (let number = 1; number <= 16; number++) queue.put(event(number));
  let hasRoom = false;
  const room = queue.room().then(() => {
    hasRoom = true;
  });
  await setImmediate();
  t.false(hasRoom);
  t.true(queue.isFull);
  t.is((await queue.take())?.frameNumber, 1n);
  await room;
  t.false(queue.isFull);
  for (let number = 2n; number <= 16n; number++) t.is((await queue.take())?.frameNumber, number);
  t.like(counters, { skipped: 0, delivered: 16 });
});

test("whoever waits gets the event that comes", async (t) => {
  const { delivery: slot } = delivery("latest");
  const taken = slot.take();
  slot.put(event(1));
  t.is((await taken)?.frameNumber, 1n);
});

test("after the finish, what waits can be taken, and then nothing more", async (t) => {
  const { delivery: slot, counters } = delivery("latest");
  slot.put(event(1));
  slot.finish();
  slot.put(event(2));
  t.is((await slot.take())?.frameNumber, 1n);
  t.is(await slot.take(), undefined);
  t.like(counters, { delivered: 1, abandoned: 1 });
});

test("abandoning counts what waits, and ends whoever waits for an event or for room", async (t) => {
  const { delivery: queue, counters } = delivery("all");
  for (let number = 1; number <= 16; number++) queue.put(event(number));
  const room = queue.room();
  queue.abandon();
  await room;
  t.is(await queue.take(), undefined);
  t.is(counters.abandoned, 16);
  const idle = delivery("latest").delivery;
  const taken = idle.take();
  idle.abandon();
  t.is(await taken, undefined);
});

test("the queue is bounded in bytes: it is full with the event that reaches the limit", async (t) => {
  const { delivery: queue } = delivery("all", { queueBytes: 2.5 * EVENT_BYTES });
  queue.put(event(1));
  queue.put(event(2));
  t.false(queue.isFull);
  await queue.room();
  queue.put(aDataEvent({ words: new Uint16Array(EVENT_BYTES / 4) }));
  t.true(queue.isFull);
  await queue.take();
  t.false(queue.isFull);
});

test("large events fill the queue sooner than small ones", (t) => {
  const { delivery: queue } = delivery("all", { queueBytes: 2 * EVENT_BYTES });
  queue.put(aDataEvent({ words: new Uint16Array(EVENT_BYTES) }));
  t.true(queue.isFull);
});

test("on demand, nothing is taken from the streams but what the monitor asks for", async (t) => {
  const { delivery: slot, counters } = delivery("latest", { onDemand: true });
  t.true(slot.isFull);
  let hasRoom = false;
  void slot.room().then(() => {
    hasRoom = true;
  });
  await setImmediate();
  t.false(hasRoom);

  const first = slot.take();
  await setImmediate();
  t.true(hasRoom);
  t.false(slot.isFull);
  slot.put(event(1));
  t.true(slot.isFull, "at once: whoever reads the stream asks before the monitor has run");
  t.is((await first)?.frameNumber, 1n);
  t.true(slot.isFull);

  const second = slot.take();
  await setImmediate();
  t.false(slot.isFull);
  slot.put(event(2));
  t.is((await second)?.frameNumber, 2n);
  t.like(counters, { delivered: 2, skipped: 0 });
});

test("on demand, whoever waits for room is let go at the end", async (t) => {
  const { delivery: slot } = delivery("latest", { onDemand: true });
  const room = slot.room();
  slot.finish();
  await t.notThrowsAsync(room);
});

test("all does not look for what is newer", async (t) => {
  const { delivery: queue, counters } = delivery("all");
  queue.put(event(1));
  const taken = queue.take();
  queue.put(event(2));
  t.is((await taken)?.frameNumber, 1n);
  t.is(counters.skipped, 0);
});

test("latest sees to it that an event is fresh before it delivers that", async (t) => {
  const calls: string[] = [];
  const freshness = {
    freshen: async (slot: Slot) => {
      calls.push(`freshen ${slot.isEmpty ? "nothing" : slot.newestSeconds}`);
      if (slot.newestSeconds === 1) slot.clear();
    },
    came: () => calls.push("came"),
    delivered: () => calls.push("delivered"),
  };
  const { delivery: slot, counters } = delivery("latest", { freshness });
  slot.put({ ...event(1), timestampSeconds: 1 });
  const taken = slot.take();
  await setImmediate();
  slot.put({ ...event(2), timestampSeconds: 2 });
  t.is((await taken)?.frameNumber, 2n);
  t.deepEqual(calls, ["came", "freshen 1", "came", "freshen 2", "delivered"]);
  t.like(counters, { skipped: 1, delivered: 1 });
});

test("the memory of skipped events is given back, that of delivered ones is not", async (t) => {
  const { delivery: slot } = delivery("latest");
  const releases = new Map<number, number>();
  const event = releasable(releases);
  for (const number of [1, 2, 3]) slot.put(event(number));
  await slot.take();
  slot.put(event(4));
  t.deepEqual([...releases.values()], [RELEASED, RELEASED, 0, 0]);
  slot.abandon();
  t.deepEqual([...releases.values()], [RELEASED, RELEASED, 0, RELEASED]);
});

test("the memory of abandoned events is given back once, also of those that come afterwards", async (t) => {
  const { delivery: queue, counters } = delivery("all");
  const releases = new Map<number, number>();
  const event = releasable(releases);
  for (const number of [1, 2, 3]) queue.put(event(number));
  await queue.take();
  queue.abandon();
  queue.abandon();
  queue.put(event(4));
  t.deepEqual([...releases.values()], [0, RELEASED, RELEASED, RELEASED]);
  t.like(counters, { delivered: 1, abandoned: 3, skipped: 0 });
});
