import test from "ava";
import { zeroCounters } from "../../src/events/counters.js";
import { Pairing } from "../../src/events/pairing.js";
import { aModuleFrame } from "../helpers/module-frames.js";

/** A pairing of two streams; `take("0:5")` is frame 5 of stream and port 0. Yields the number of a pair. */
function pairing(windowSize = 4, portCount = 2) {
  const counters = zeroCounters();
  const pairing = new Pairing({ portCount, windowSize }, counters);
  const take = (frames: string) =>
    frames.split(" ").flatMap((text) => {
      const [stream, number] = text.split(":") as [string, string];
      const frame = aModuleFrame({ portIndex: Number(stream), frameNumber: BigInt(number) });
      return pairing.accept(Number(stream), frame)?.map(({ frameNumber }) => Number(frameNumber))[0] ?? [];
    });
  return { counters, pairing, take };
}

test("pairs by frame number, whichever module comes first", (t) => {
  const { take, counters } = pairing();
  t.deepEqual(take("0:1 1:1 1:2 0:2"), [1, 2]);
  t.like(counters, { paired: 2, unpaired: 0 });
});

test("gives the frames in the order of their ports", (t) => {
  const { pairing: pairs } = pairing();
  pairs.accept(0, aModuleFrame({ portIndex: 1 }));
  t.deepEqual(
    pairs.accept(1, aModuleFrame({ portIndex: 0 }))?.map(({ portIndex }) => portIndex),
    [0, 1],
  );
});

test("pairs four ports", (t) => {
  const { take, counters } = pairing(4, 4);
  t.deepEqual(take("3:1 1:1 0:1 2:1 0:2 1:2 2:2"), [1]);
  t.like(counters, { paired: 1, unpaired: 0 });
});

test("one module may be ahead, or bunched, within the window", (t) => {
  const { take, counters } = pairing();
  t.deepEqual(take("0:1 0:2 0:3 1:1 1:2 1:3"), [1, 2, 3]);
  t.is(counters.unpaired, 0);
});

test("a frame that is missing on one module is unpaired once the window has passed it, and its half late", (t) => {
  const { take, counters } = pairing();
  t.deepEqual(take("0:1 0:2 1:2 0:3 1:3"), [2, 3]);
  t.is(counters.unpaired, 0);
  take("0:4 0:5 0:6 0:7");
  t.like(counters, { unpaired: 1, late: 0 });
  const later = pairing(1);
  t.deepEqual(later.take("0:1 0:2 1:1 1:2"), [2]);
  t.like(later.counters, { paired: 1, unpaired: 1, late: 1 });
});

test("different streaming frequencies: only common numbers pair", (t) => {
  const { take } = pairing();
  t.deepEqual(take("0:41 1:41 1:43 0:44 1:46 0:47 1:48 0:49"), [41]);
});

test("numbers that go back begin a new run at once, and nothing of the old run is paired with it", (t) => {
  const { take, counters } = pairing();
  t.deepEqual(take("0:1 1:1 0:2 0:3"), [1]);
  // Stream 0 begins again while stream 1 still brings the old run's 2 and 3.
  t.deepEqual(take("0:1 0:2 1:2 1:3"), []);
  t.is(counters.unpaired, 4);
  t.deepEqual(take("1:1 1:2"), [1, 2]);
});

test("the same number again is a new run too: a detector that is restarted for every frame", (t) => {
  const { take } = pairing();
  t.deepEqual(take("0:1 1:1 0:1 1:1 0:1 1:1"), [1, 1, 1]);
});

for (const order of ["0 1", "1 0"]) {
  const streams = order.split(" ");
  /** Both streams bring these frames, in this order of streams. */
  const both = (from: number, to: number) => {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return numbers.flatMap((number) => streams.map((stream) => `${stream}:${number}`)).join(" ");
  };

  test(`a stream that lost the begin of the new run joins it after a window (${order})`, (t) => {
    const { take, counters } = pairing();
    t.deepEqual(take(both(1, 2)), [1, 2]);
    // Module 1 died at 2 and comes back in the new run at 3: that cannot be told from the old run at first.
    const pairs = take(`0:1 0:2 ${both(3, 20)}`);
    t.true(pairs.length >= 14, `${pairs}`);
    t.is(pairs.at(-1), 20);
    t.is(counters.late, 0);
  });

  test(`a stream that appears after the other began a new run joins it after a window (${order})`, (t) => {
    const { take } = pairing();
    t.deepEqual(take("0:1 0:2 0:1"), []);
    t.is(take(both(2, 20)).at(-1), 20);
  });

  test(`one nonsensical number does not end the pairing (${order})`, (t) => {
    const { take } = pairing();
    take(both(1, 5));
    take("0:999999999");
    t.is(take(both(6, 30)).at(-1), 30);
  });
}

test("two streams that claim the same port are counted, not paired", (t) => {
  const { pairing: pairs, counters } = pairing();
  pairs.accept(0, aModuleFrame());
  t.is(pairs.accept(1, aModuleFrame()), undefined);
  t.is(counters.duplicate, 1);
});

test("giving up counts what waits", (t) => {
  const { take, pairing: pairs, counters } = pairing();
  take("0:1 0:2 1:3");
  t.is(pairs.waiting, 3);
  pairs.giveUpAll();
  t.is(pairs.waiting, 0);
  t.is(counters.unpaired, 3);
});

test("gaps are counted as missed, but not one that no loss explains", (t) => {
  const { take, counters } = pairing();
  take("0:1 1:1 0:5 1:5");
  t.is(counters.missed, 6);
  take("0:9007199254740993");
  t.is(counters.missed, 6);
  t.deepEqual(take("1:6 0:7 1:7 1:8 0:8 0:9 1:9 0:10 1:10 0:11 1:11 0:12 1:12 0:13 1:13").slice(-1), [13]);
  t.is(counters.missed, 6);
  take("0:1000014 1:1000014");
  t.is(counters.missed, 6 + 2_000_000);
  take("0:2000016");
  t.is(counters.missed, 6 + 2_000_000);
});
