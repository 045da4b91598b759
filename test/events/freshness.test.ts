import { setImmediate } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Backlog } from "../../src/events/backlog.js";
import { Freshness } from "../../src/events/freshness.js";

/** The process stands still for so long. */
const STALL_MS = 200;
/** What a sender sends in this time reaches the monitor before it hears that it shall send no more. */
const IN_FLIGHT_MS = 2;

/**
 * A sender that queues what is not read, one message a turn, and a slot for what is read.
 *
 * @param perSecond    frames that it sends while it is asked
 * @param readMs       how long it takes to read one
 * @param clockIsSlow  by so many seconds frames' own times are too early
 */
function stage(
  t: ExecutionContext,
  { perSecond = 1000, queued = 0, clockIsSlow = 0, hasTime = true, readMs = 0 } = {},
) {
  const startMs = performance.now();
  const sentBy = (ms: number) => Math.floor(((ms - startMs) * perSecond) / 1000);
  const nowSeconds = () => performance.now() / 1000;
  const queue: number[] = Array.from({ length: queued }, () => startMs - 1000);
  const calls: ("pause" | "resume")[] = [];
  let [sent, unasked, pausedMs] = [0, 0, Number.POSITIVE_INFINITY];
  let slot: number | undefined;
  let skipped = 0;
  const backlog = new Backlog(1);
  const timer = setInterval(() => backlog.look(), 10);
  t.teardown(() => clearInterval(timer));
  const send = () => {
    for (const until = sentBy(performance.now()); sent < until; sent++) {
      const ms = startMs + ((sent + 1) * 1000) / perSecond;
      if (ms > pausedMs + IN_FLIGHT_MS) unasked += 1;
      else queue.push(ms);
    }
  };
  const freshness = new Freshness(
    {
      pause: () => {
        send();
        calls.push("pause");
        pausedMs = performance.now();
      },
      resume: () => {
        send();
        calls.push("resume");
        pausedMs = Number.POSITIVE_INFINITY;
      },
      get unasked() {
        return unasked;
      },
    },
    backlog,
    { nowSeconds },
  );
  const view = {
    get isEmpty() {
      return slot === undefined;
    },
    get newestSeconds() {
      if (slot === undefined) return undefined;
      return (hasTime ? slot / 1000 : nowSeconds()) - clockIsSlow;
    },
    isFinished: false,
    get skipped() {
      return skipped;
    },
    clear() {
      if (slot !== undefined) skipped += 1;
      slot = undefined;
    },
  };
  const read = (async () => {
    while (!view.isFinished) {
      send();
      const ms = queue.shift();
      backlog.isQueued(0, ms === undefined);
      if (ms !== undefined) {
        work(readMs);
        freshness.read();
        view.clear();
        slot = ms;
        freshness.came();
      }
      await setImmediate();
    }
  })();
  t.teardown(() => {
    view.isFinished = true;
    return read;
  });
  /** @returns how old the event was, in ms */
  const take = async () => {
    for (;;) {
      await freshness.freshen(view);
      if (slot !== undefined) break;
      await setImmediate();
    }
    const age = performance.now() - slot;
    slot = undefined;
    freshness.delivered();
    return age;
  };
  const resumed = () => calls.filter((call) => call === "resume").length;
  return { take, calls, resumed, freshness, view, skipped: () => skipped, unasked: () => unasked };
}

/** The monitor computes. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

async function ages(take: () => Promise<number>, count: number, workMs: number): Promise<number[]> {
  const taken: number[] = [];
  for (let event = 0; event < count; event++) {
    taken.push(await take());
    work(workMs);
  }
  return taken;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

test.serial("who is as fast as the sender asks for everything", async (t) => {
  const { take, calls } = stage(t, { perSecond: 100 });
  await ages(take, 20, 1);
  t.deepEqual(calls, []);
});

test.serial(
  "who is slower asks for some frames only, and they are fresh, also without a clock",
  async (t) => {
    for (const hasTime of [true, false]) {
      // To read all that is sent would take longer than to send it.
      const { take, calls, resumed, unasked } = stage(t, { perSecond: 5000, readMs: 0.3, hasTime });
      const taken = await ages(take, 60, 5);
      t.true(resumed() > 3, "it hardly asks");
      t.is(calls.at(0), "pause");
      t.true(unasked() > 0);
      t.true(median(taken.slice(-30)) < 20, `${taken.slice(-30).map(Math.round)}`);
    }
  },
);

test.serial("a subscription brings as many events as can be delivered while they are fresh", async (t) => {
  const { take, resumed } = stage(t, { perSecond: 1000, readMs: 0.4, queued: 1000 });
  work(STALL_MS);
  while (resumed() < 10) await ages(take, 1, 1);
  const before = resumed();
  const taken = await ages(take, 200, 1);
  const perSubscription = taken.length / (resumed() - before);
  t.true(perSubscription > 4, `${perSubscription} events`);
  t.true(median(taken) < 20, `${taken.map(Math.round)}`);
});

test.serial("who works longer than a subscription lasts gets one event of each", async (t) => {
  const { take, resumed, skipped } = stage(t, { perSecond: 5000, readMs: 0.3 });
  while (resumed() < 10) await ages(take, 1, 30);
  const before = { resumed: resumed(), skipped: skipped() };
  await ages(take, 10, 30);
  t.true(resumed() - before.resumed >= 8, `${resumed() - before.resumed} subscriptions`);
  // What was sent until the sender heard of it; 150 a work are sent.
  t.true(skipped() - before.skipped < 10 * 40, `${skipped() - before.skipped} skipped`);
});

test.serial("after a hold-up what has waited is skipped, however much", async (t) => {
  const { take, skipped } = stage(t, { perSecond: 50, queued: 5000 });
  work(STALL_MS);
  const age = await take();
  t.true(age < 500, `${age} ms old`);
  t.true(skipped() >= 5000);
});

test.serial("what comes late is delivered by who has waited for it", async (t) => {
  const { take, calls } = stage(t, { perSecond: 50, clockIsSlow: 1 });
  await ages(take, 5, 0);
  t.deepEqual(calls, []);
});

test.serial("a clock that finds everything old holds nothing back for ever", async (t) => {
  const { take } = stage(t, { perSecond: 1000, queued: 50_000, clockIsSlow: 5 });
  work(STALL_MS);
  await take();
  const startMs = performance.now();
  await ages(take, 10, 1);
  t.true(performance.now() - startMs < 2000);
});

test.serial("who is fast enough again asks for everything again", async (t) => {
  const { take, calls } = stage(t, { perSecond: 50, queued: 5000 });
  work(STALL_MS);
  await take();
  t.is(calls.at(0), "pause");
  let unchanged = 0;
  for (let { length } = calls; unchanged < 10; { length } = calls) {
    await take();
    unchanged = calls.length === length ? unchanged + 1 : 0;
  }
  t.is(calls.at(-1), "resume");
});

test.serial("the end of the streams ends the asking", async (t) => {
  const { freshness, view } = stage(t, { perSecond: 0.001, queued: 5000 });
  work(STALL_MS);
  const asked = freshness.freshen(view);
  view.isFinished = true;
  await t.notThrowsAsync(asked);
});
