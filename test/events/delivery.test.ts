import test from "ava";
import { Delivery, type DeliveryOptions, type DeliveryPolicy, zeroCounters } from "../../src/events/index.js";
import { anEvent } from "../helpers/module-frames.js";

const EVENT_BYTES = 8;
const raw = new Uint16Array(EVENT_BYTES / 2);
const event = (frameNumber: number) => anEvent(raw, { frameNumber: BigInt(frameNumber) });

function delivery(policy: DeliveryPolicy, options: Partial<DeliveryOptions> = {}) {
  const counters = zeroCounters();
  const all = { delivery: policy, queueBytes: 16 * EVENT_BYTES, onDemand: false, ...options };
  return { counters, delivery: new Delivery(all, counters) };
}

test("latest keeps the newest event and counts the others as skipped", async (t) => {
  const { delivery: slot, counters } = delivery("latest");
  for (const number of [1, 2, 3]) slot.put(event(number));
  await slot.room();
  t.is((await slot.take())?.frameNumber, 3n);
  t.like(counters, { skipped: 2, delivered: 1 });
});

test("latest lets the streams bring what is newer before it delivers", async (t) => {
  const { delivery: slot, counters } = delivery("latest");
  slot.put(event(1));
  const taken = slot.take();
  slot.put(event(2));
  await Promise.resolve();
  slot.put(event(3));
  t.is((await taken)?.frameNumber, 3n);
  t.like(counters, { skipped: 2, delivered: 1 });
});

test("all keeps every event in order, and holds the streams up when the queue is full", async (t) => {
  const { delivery: queue, counters } = delivery("all");
  for (let number = 1; number <= 16; number++) queue.put(event(number));
  let hasRoom = false;
  const room = queue.room().then(() => {
    hasRoom = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
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
