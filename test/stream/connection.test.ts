import { mock } from "node:test";
import test from "ava";
import type { Event, Observer } from "zeromq";
import { Connection } from "../../src/stream/connection.js";
import { Endpoints } from "../../src/stream/endpoints.js";
import type { Peer } from "../../src/stream/peer-probe.js";

const NOBODY: Peer = { kind: "none", code: "ECONNREFUSED" };

interface Options {
  readonly hasKeys?: boolean;
  readonly isPairing?: boolean;
  readonly addresses?: readonly string[];
  readonly peer?: Peer;
  readonly isBehind?: () => boolean;
}

/** A connection whose socket's events a test makes. */
async function watched({
  hasKeys = false,
  isPairing = false,
  addresses = ["10.0.0.1"],
  peer = NOBODY,
  isBehind = () => false,
}: Options = {}) {
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
  const faults: string[] = [];
  const calls: string[] = [];
  const probes: string[] = [];
  const connection = new Connection({
    events: observed() as unknown as Observer,
    endpoints: await Endpoints.of("tcp://detector:1", async () => addresses),
    connect: (endpoint) => calls.push(`+${endpoint}`),
    disconnect: (endpoint) => calls.push(`-${endpoint}`),
    isBehind,
    probe: async (endpoint) => {
      probes.push(endpoint);
      return peer;
    },
    hasKeys,
    isPairing,
    onFault: (reason) => faults.push(reason),
  });
  const settled = () => new Promise(setImmediate);
  const happenAt = async (address: string, ...types: (Event["type"] | Partial<Event>)[]) => {
    events.push(
      ...types.map((type) => ({ address, ...(typeof type === "string" ? { type } : type) }) as Event),
    );
    wake();
    await settled();
  };
  return {
    connection,
    faults,
    /** What was done since the last time: + connected, - disconnected. */
    calls: () => calls.splice(0).join(" "),
    probes,
    happenAt,
    happen: (...types: (Event["type"] | Partial<Event>)[]) =>
      happenAt(calls.at(-1)?.slice(1) ?? "tcp://10.0.0.1:1", ...types),
    settled,
    end: async () => {
      connection.close();
      hasEnded = true;
      wake();
      await settled();
    },
  };
}

const protocolError = (code: string) =>
  ({
    type: "handshake:error:protocol",
    error: Object.assign(new Error("ZMTP protocol error"), { code }),
  }) as Partial<Event>;
const otherError = (code: string, errno: number) =>
  ({
    type: "handshake:error:other",
    error: Object.assign(new Error(code), { code, errno }),
  }) as Partial<Event>;
const MISMATCH = protocolError("ERR_ZMTP_MECHANISM_MISMATCH");
const UNSPECIFIED = protocolError("ERR_ZMTP_UNSPECIFIED");
const OTHER_TYPE = protocolError("ERR_ZMTP_INVALID_METADATA");
const HUNG_UP = otherError("EPIPE", 32);
const TIMED_OUT = otherError("EAGAIN", 11);

const NO_RECEIVER =
  "refused: this is not an `om-jungfrau receive`. For the detector itself, name all ports: tcp://HOST:P1,tcp://HOST:P2";
const NO_PORT =
  "refused: this ZeroMQ socket is not an slsReceiver's port. Name an `om-jungfrau receive` alone, as pairs+tcp://HOST:PORT. Instead of an slsFrameSynchronizer, name the receivers' ports";
const SILENT = "refused: it accepts connections and stays silent; its process hangs, or is not ZeroMQ";

const refusals: [what: string, event: Event["type"] | Partial<Event>, options: Options, problem: string][] = [
  ["one side alone has keys", MISMATCH, { hasKeys: true }, "refused: only one side uses CURVE keys"],
  ["another protocol", UNSPECIFIED, {}, "refused: it does not speak ZeroMQ's protocol"],
  [
    "a key that is not let in",
    "handshake:error:auth",
    { hasKeys: true },
    "refused: this key is not among the accepted ones",
  ],
  ["another server", HUNG_UP, { hasKeys: true }, "refused: the server may have another key"],
  ["a peer that hangs up", HUNG_UP, {}, "refused: it closed the connection at once"],
  ["a ZeroMQ socket of another type that hangs up first", HUNG_UP, { peer: { kind: "ZeroMQ" } }, NO_PORT],
  [
    "a web server",
    HUNG_UP,
    { peer: { kind: "other", greeting: "HTTP/1.1 400 Bad Request" } },
    "refused: a web server listens on this port, not ZeroMQ",
  ],
  [
    "an SSH server",
    HUNG_UP,
    { peer: { kind: "other", greeting: "SSH-2.0-x" } },
    "refused: it does not speak ZeroMQ's protocol, but sent 'SSH-2.0-x'",
  ],
  ["a peer that stays silent", TIMED_OUT, { peer: { kind: "silent" } }, SILENT],
  [
    "a web server that waits for a whole request",
    TIMED_OUT,
    { peer: { kind: "other", greeting: "HTTP/1.0 200 OK" } },
    "refused: a web server listens on this port, not ZeroMQ",
  ],
  ["a port of the detector where a receiver belongs", "disconnect", { isPairing: true }, NO_RECEIVER],
  ["a receiver where a port of the detector belongs", "disconnect", {}, NO_PORT],
  ["the same, with keys", OTHER_TYPE, { hasKeys: true }, NO_PORT],
];
for (const [what, event, options, problem] of refusals) {
  test(`problem: ${what}, which a disconnection does not hide, and a connection ends`, async (t) => {
    const { connection, faults, happen, end } = await watched(options);
    await happen("connect", event, "disconnect");
    t.is(connection.problem, problem);
    t.deepEqual(faults, [problem]);
    await happen("handshake");
    t.is(connection.problem, undefined);
    await happen("disconnect");
    t.is(connection.problem, "not connected");
    await end();
  });
}

const FAILED: readonly Event["type"][] = ["connect:delay", "close", "connect:retry"];

test("problem: the peer that refused has gone", async (t) => {
  const { connection, happen, end } = await watched();
  await happen("connect", "handshake:error:auth", "disconnect", ...FAILED);
  t.is(connection.problem, "not connected: nothing listens on this port");
  await end();
});

const absences: [peer: Peer, problem: string][] = [
  [NOBODY, "not connected: nothing listens on this port"],
  [{ kind: "none", code: "ETIMEDOUT" }, "not connected: the host does not answer"],
  [
    { kind: "none", code: "EHOSTUNREACH" },
    "not connected: there is no route to the host, or a firewall rejects the port",
  ],
  [
    { kind: "none", code: "ENETUNREACH" },
    "not connected: there is no route to the host, or a firewall rejects the port",
  ],
  [{ kind: "none", code: "EADDRNOTAVAIL" }, "not connected"],
  [{ kind: "ZeroMQ" }, "not connected"],
];
for (const [peer, problem] of absences) {
  test(`problem: a probe finds ${Object.values(peer)}`, async (t) => {
    const { connection, probes, happen, faults, end } = await watched({ peer });
    t.is(connection.problem, "not connected");
    await happen(...FAILED);
    await happen(...FAILED);
    t.is(connection.problem, problem);
    t.is(probes.length, 1, "one probe for each absence");
    await happen("connect", "handshake", "disconnect");
    t.is(connection.problem, "not connected");
    await happen("connect:retry", ...FAILED);
    t.is(probes.length, 2);
    t.is(connection.problem, problem);
    t.deepEqual(faults, []);
    await end();
  });
}

test("problem: an attempt that takes its whole time needs no probe", async (t) => {
  const { connection, probes, happen, end } = await watched();
  await happen("connect:delay");
  const start = performance.now();
  t.teardown(() => mock.reset());
  mock.method(performance, "now", () => start + 1500);
  await happen("close");
  t.is(connection.problem, "not connected: the host does not answer");
  t.deepEqual(probes, []);
  await end();
});

test.serial("connects again where ZeroMQ does not do so itself, once, after disconnecting", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  for (const event of ["handshake:error:auth", MISMATCH, UNSPECIFIED, OTHER_TYPE, "disconnect"] as const) {
    const { calls, happen, end } = await watched();
    calls();
    await happen("connect", event, "disconnect");
    mock.timers.tick(1999);
    t.is(calls(), "", "not at once");
    mock.timers.tick(60_000);
    t.is(calls(), "-tcp://10.0.0.1:1 +tcp://10.0.0.1:1", JSON.stringify(event));
    await end();
  }
});

test.serial("does not connect again where ZeroMQ does", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const stories: readonly (Event["type"] | Partial<Event>)[][] = [
    ["connect", HUNG_UP, "disconnect"],
    ["connect", "handshake", "disconnect"],
    [...FAILED],
  ];
  for (const events of stories) {
    const { calls, happen, end } = await watched();
    calls();
    await happen(...events, "connect:retry");
    mock.timers.tick(60_000);
    t.is(calls(), "", JSON.stringify(events));
    await end();
  }
});

const BROKE = "was disconnected: the peer violated ZeroMQ's protocol, or sent too large a message";

test.serial("connects again to a peer that ZeroMQ gave up after the handshake, and says so", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { connection, calls, faults, happen, end } = await watched();
  calls();
  await happen("connect", "handshake", "disconnect");
  t.deepEqual(faults, []);
  mock.timers.tick(250);
  t.is(calls(), "-tcp://10.0.0.1:1 +tcp://10.0.0.1:1");
  t.deepEqual(faults, [BROKE]);
  t.regex(connection.problem ?? "", /^not connected: the peer violated/);
  await happen("connect", "handshake");
  t.is(connection.problem, undefined);
  await end();
});

test.serial("what has arrived is read before the connection is made anew", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  let isBehind = true;
  const { calls, happen, end } = await watched({ isBehind: () => isBehind });
  calls();
  await happen("connect", "handshake", "disconnect");
  mock.timers.tick(10_000);
  t.is(calls(), "");
  isBehind = false;
  mock.timers.tick(50);
  t.is(calls(), "-tcp://10.0.0.1:1 +tcp://10.0.0.1:1");
  await end();
});

test.serial("a socket that is closed is not connected again", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { calls, happen, end } = await watched({ addresses: ["::1", "127.0.0.1"] });
  await happen("connect", "handshake:error:auth", "disconnect");
  calls();
  await end();
  mock.timers.tick(60_000);
  t.is(calls(), "");
});

const V6 = "tcp://[::1]:1";
const V4 = "tcp://127.0.0.1:1";

test.serial("tries every address of the host, one at a time, and rests between rounds", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { calls, happenAt, end } = await watched({ addresses: ["::1", "127.0.0.1"] });
  t.is(calls(), `+${V6}`);
  await happenAt(V6, ...FAILED);
  mock.timers.tick(1);
  t.is(calls(), `-${V6} +${V4}`);
  await happenAt(V6, "close"); // of an attempt that was given up
  mock.timers.tick(1);
  t.is(calls(), "");
  await happenAt(V4, ...FAILED);
  mock.timers.tick(499);
  t.is(calls(), "");
  mock.timers.tick(1);
  t.is(calls(), `-${V4} +${V6}`);
  await end();
});

test.serial("an address that accepts us is kept", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { connection, calls, happenAt, end } = await watched({ addresses: ["::1", "127.0.0.1"] });
  await happenAt(V6, ...FAILED);
  mock.timers.tick(1);
  calls();
  await happenAt("tcp://[::ffff:127.0.0.1]:1", "connect:delay", "connect", "handshake");
  mock.timers.tick(60_000);
  t.is(calls(), "");
  t.is(connection.problem, undefined);
  await end();
});

test.serial("goes on from an address that refuses, and still says that it does", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { connection, calls, happenAt, end } = await watched({ addresses: ["::1", "127.0.0.1"] });
  calls();
  await happenAt(V6, "connect", UNSPECIFIED, "disconnect");
  mock.timers.tick(1);
  t.is(calls(), `-${V6} +${V4}`);
  await happenAt(V4, ...FAILED);
  t.is(connection.problem, "refused: it does not speak ZeroMQ's protocol");
  await end();
});

test.serial("goes on from an address for which this machine has no socket", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const { calls, happenAt, end } = await watched({ addresses: ["::1", "127.0.0.1"] });
  calls();
  await happenAt(V6, "connect:retry");
  mock.timers.tick(1);
  t.is(calls(), `-${V6} +${V4}`);
  await end();
});
