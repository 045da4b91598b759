import { mock } from "node:test";
import test from "ava";
import type { Event, Observer } from "zeromq";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { Connection } from "../../src/stream/connection.js";
import { zmqModuleStreamOpener } from "../../src/stream/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { until } from "../helpers/until.js";

const open = (url: string) =>
  zmqModuleStreamOpener(
    new FixedClock(),
    new RecordingLogger(),
  )({ url, streamIndex: 0, streamCount: 2, highWaterMark: 64 });

test("problem: as the port comes and goes", async (t) => {
  const first = await PortPublisher.bind(ANY_PORT);
  first.close();
  const stream = await open(first.url);
  t.teardown(() => stream.close());
  t.is(stream.problem, "not connected");
  for (let time = 0; time < 2; time++) {
    const port = await bindAgain(first.url);
    await until(() => stream.problem === undefined);
    port.close();
    await until(() => stream.problem !== undefined);
    t.is(stream.problem, "not connected");
  }
});

test("a host that nobody knows", async (t) => {
  await t.throwsAsync(async () => open("tcp://jungfrau.invalid:30001"), {
    code: "STREAM_UNKNOWN_HOST",
    message:
      /^Nobody knows the host of 'tcp:\/\/jungfrau\.invalid:30001' \(.+\)\. Correct the name, or write its IP address\.$/,
  });
});

/** A connection whose socket's events a test makes. */
function watched(hasKeys = false) {
  const events: Event[] = [];
  let wake: () => void = () => undefined;
  let hasEnded = false;
  let taken = 0;
  async function* observed(): AsyncGenerator<Event> {
    for (;;) {
      const event = events[taken];
      if (event !== undefined) {
        taken += 1;
        yield event;
      } else if (hasEnded) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  const refusals: string[] = [];
  let reconnects = 0;
  const connection = new Connection({
    events: observed() as unknown as Observer,
    hasKeys,
    reconnect: () => {
      reconnects += 1;
    },
    onRefused: (reason) => refusals.push(reason),
  });
  const settled = () => new Promise(setImmediate);
  return {
    connection,
    refusals,
    reconnects: () => reconnects,
    happen: async (...types: (Event["type"] | Partial<Event>)[]) => {
      events.push(
        ...types.map(
          (type) => ({ address: "tcp://x", ...(typeof type === "string" ? { type } : type) }) as Event,
        ),
      );
      wake();
      await settled();
    },
    end: async () => {
      hasEnded = true;
      wake();
      await settled();
    },
  };
}

const MISMATCH = {
  type: "handshake:error:protocol",
  error: Object.assign(new Error("ZMTP protocol error"), { code: "ERR_ZMTP_MECHANISM_MISMATCH" }),
} as Partial<Event>;
const UNSPECIFIED = {
  type: "handshake:error:protocol",
  error: Object.assign(new Error("ZMTP protocol error"), { code: "ERR_ZMTP_UNSPECIFIED" }),
} as Partial<Event>;

const OTHER_KIND =
  "refused: it is a ZeroMQ socket of another kind, one address is a receiver's and two or four are a detector's";

const refusals: [what: string, event: Event["type"] | Partial<Event>, hasKeys: boolean, problem: string][] = [
  ["one side alone has keys", MISMATCH, true, "refused: one side has CURVE keys and the other has not"],
  ["another protocol", UNSPECIFIED, false, "refused: it does not speak ZeroMQ's protocol"],
  [
    "a key that is not let in",
    "handshake:error:auth",
    true,
    "refused: this key is not among those that it lets in",
  ],
  ["another server", "handshake:error:other", true, "refused: the server's key may be another"],
  ["somebody who hangs up", "handshake:error:other", false, "refused: it closed the connection at once"],
  ["a socket that does not fit", "disconnect", false, OTHER_KIND],
];
for (const [what, event, hasKeys, problem] of refusals) {
  test(`problem: ${what}, which a disconnection does not hide, and a connection ends`, async (t) => {
    const { connection, refusals: told, happen, end } = watched(hasKeys);
    await happen("connect", event, "disconnect");
    t.is(connection.problem, problem);
    t.deepEqual(told, [problem]);
    await happen("handshake");
    t.is(connection.problem, undefined);
    await happen("disconnect");
    t.is(connection.problem, "not connected");
    await end();
  });
}

test("problem: whoever refused has gone", async (t) => {
  const { connection, happen, end } = watched();
  await happen("connect", "handshake:error:auth", "disconnect", "connect:delay", "close", "connect:retry");
  t.is(connection.problem, "not connected");
  await end();
});

test.serial("connects again after a refusal, once, and where ZeroMQ does not do so itself", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  for (const [event, expected] of [
    ["handshake:error:auth", 1],
    [MISMATCH, 1],
    [UNSPECIFIED, 1],
    ["disconnect", 1],
    ["handshake:error:other", 0],
    ["handshake", 0],
  ] as const) {
    const { reconnects, happen, end } = watched();
    await happen("connect", event, "disconnect");
    t.is(reconnects(), 0, "not at once");
    mock.timers.tick(60_000);
    t.is(reconnects(), expected, JSON.stringify(event));
    await end();
  }
});

test.serial("a socket that is closed is not connected again", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { reconnects, happen, end } = watched();
  await happen("connect", "handshake:error:auth", "disconnect");
  await end();
  mock.timers.tick(60_000);
  t.is(reconnects(), 0);
});
