import test from "ava";
import fc from "fast-check";
import { MonitorCount } from "../../src/receiver/monitor-count.js";

type Type = Parameters<MonitorCount["accept"]>[0]["type"];

const stories: [what: string, events: readonly Type[], count: number][] = [
  ["comes", ["accept", "handshake"], 1],
  ["comes and goes", ["accept", "handshake", "disconnect"], 0],
  ["is refused", ["accept", "handshake:error:auth", "disconnect"], 0],
  [
    "is refused while another stays",
    ["accept", "handshake", "accept", "handshake:error:protocol", "disconnect"],
    1,
  ],
  ["goes without a word", ["accept", "disconnect"], 0],
  ["goes without a word while another stays", ["accept", "handshake", "accept", "disconnect"], 1],
];
for (const [what, events, count] of stories) {
  test(`one who ${what}`, (t) => {
    const monitors = new MonitorCount();
    for (const type of events) monitors.accept({ type });
    t.is(monitors.value, count);
  });
}

test("says what has changed", (t) => {
  const monitors = new MonitorCount();
  const types: Type[] = [
    "listening" as Type,
    "accept",
    "handshake",
    "accept",
    "handshake:error:other",
    "disconnect",
    "disconnect",
    "accept",
    "disconnect",
  ];
  t.deepEqual(
    types.map((type) => monitors.accept({ type })),
    [undefined, undefined, "connected", undefined, undefined, undefined, "left", undefined, "lost"],
  );
});

/** What each of some clients does, in its order; who they are the events do not say. */
const client: fc.Arbitrary<{ events: Type[]; stays: boolean }> = fc.constantFrom(
  { events: ["accept", "handshake"], stays: true },
  { events: ["accept", "handshake", "disconnect"], stays: false },
  { events: ["accept", "handshake:error:auth", "disconnect"], stays: false },
  { events: ["accept", "disconnect"], stays: false },
);

test("when all have said who they are, or gone, the count is right, however they mingled", (t) => {
  fc.assert(
    fc.property(fc.array(client, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (clients, choices) => {
      const queues = clients.map(({ events }) => [...events]);
      const monitors = new MonitorCount();
      for (const choice of choices) {
        const left = queues.filter((queue) => queue.length > 0);
        if (left.length === 0) break;
        const type = left[choice % left.length]?.shift() as Type;
        monitors.accept({ type });
        if (monitors.value < 0) return false;
      }
      return monitors.value === clients.filter(({ stays }) => stays).length;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
