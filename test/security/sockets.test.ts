import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import { serverKeys } from "../../src/security/index.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { type KeyFiles, keyFiles } from "../helpers/keys.js";
import { RunningMonitor } from "../helpers/monitors.js";
import { startReceiver } from "../helpers/receivers.js";
import { until } from "../helpers/until.js";
import { frameHead, GREETING, ready } from "../helpers/zmtp.js";

/** Lines of a configuration that name these keys. */
function withKeys(server: KeyFiles | undefined, own: KeyFiles | undefined): string {
  return [
    "  detector_calibration: false",
    ...(server ? [`  curve_server_key_file: ${server.public}`] : []),
    ...(own ? [`  curve_key_file: ${own.secret}`] : []),
  ].join("\n");
}

/** One who listens to events, and whoever feeds him: a detector that has keys, or a receiver that has. */
interface Server {
  readonly source: string;
  readonly urls: readonly string[];
  readonly warnings: readonly string[];
  /** Resolves when one more client was let in. */
  connected(): Promise<void>;
  send(frameNumber: number): Promise<void>;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly own?: KeyFiles | undefined;
  readonly clients?: readonly KeyFiles[] | undefined;
  readonly urls?: readonly string[];
}

async function aDetector(t: ExecutionContext, { own, clients, urls }: ServerOptions): Promise<Server> {
  const warnings: string[] = [];
  const keys = serverKeys(
    own?.secret,
    clients?.map((one) => one.public),
    (message) => warnings.push(message),
  );
  const detector = await DetectorUnderTest.bind(t, {
    ...(urls && { urls }),
    ...(keys && { keys }),
    onRefused: (message) => warnings.push(message),
  });
  return {
    source: detector.source,
    urls: detector.urls,
    warnings,
    connected: () => detector.subscribed(),
    send: (frameNumber) => detector.send(frameNumber),
    stop: async () => detector.close(),
  };
}

async function aReceiver(t: ExecutionContext, { own, clients, urls }: ServerOptions): Promise<Server> {
  const detector = await DetectorUnderTest.bind(t);
  const receiver = await startReceiver(t, detector.source, {
    ...(urls?.[0] && { output: urls[0] }),
    keyFile: own?.secret,
    clientKeyFiles: clients?.map((one) => one.public),
  });
  await detector.subscribed();
  let expected = 0;
  return {
    source: receiver.url,
    urls: [receiver.url],
    get warnings() {
      return receiver.warnings.map((line) => line.replace(/^warn /, ""));
    },
    connected: async () => {
      expected += 1;
      await until(() => receiver.counter("monitors") >= expected);
    },
    send: (frameNumber) => detector.send(frameNumber),
    stop: () => receiver.stop(),
  };
}

const KINDS = [
  ["a detector", aDetector],
  ["a receiver", aReceiver],
] as const;

const monitorWith = (t: ExecutionContext, source: string, server?: KeyFiles, own?: KeyFiles) =>
  RunningMonitor.start(t, { source, yaml: withKeys(server, own) });

type Names = "server" | "other" | "friend" | "stranger";
interface Case {
  readonly what: string;
  /** Keys of the server, who is let in, and keys of whoever is refused. */
  readonly server: (keys: Record<Names, KeyFiles>) => ServerOptions;
  readonly friend: (keys: Record<Names, KeyFiles>) => readonly [server?: KeyFiles, own?: KeyFiles];
  readonly refused: (keys: Record<Names, KeyFiles>) => readonly [server?: KeyFiles, own?: KeyFiles];
  /** What the client says of the server, and the server of the client. */
  readonly clientSays: string;
  readonly serverSays: string;
}

const refusals: readonly Case[] = [
  {
    what: "a client that is not let in",
    server: ({ server, friend }) => ({ own: server, clients: [friend] }),
    friend: ({ server, friend }) => [server, friend],
    refused: ({ server, stranger }) => [server, stranger],
    clientSays: "refused: this key is not among the accepted ones",
    serverSays: "has refused a client: its key is not among the accepted ones",
  },
  {
    what: "a client without a key of its own, where only some are let in",
    server: ({ server, friend }) => ({ own: server, clients: [friend] }),
    friend: ({ server, friend }) => [server, friend],
    refused: ({ server }) => [server],
    clientSays: "refused: this key is not among the accepted ones",
    serverSays: "has refused a client: its key is not among the accepted ones",
  },
  {
    what: "a client of another server",
    server: ({ server, friend }) => ({ own: server, clients: [friend] }),
    friend: ({ server, friend }) => [server, friend],
    refused: ({ other, friend }) => [other, friend],
    clientSays: "refused: the server may have another key",
    serverSays: "has refused a client: it expects another server's key",
  },
  {
    what: "a client of another server, where all are let in",
    server: ({ server }) => ({ own: server }),
    friend: ({ server }) => [server],
    refused: ({ other }) => [other],
    clientSays: "refused: the server may have another key",
    serverSays: "has refused a client: it expects another server's key",
  },
  {
    what: "a client without keys",
    server: ({ server }) => ({ own: server }),
    friend: ({ server, friend }) => [server, friend],
    refused: () => [],
    clientSays: "refused: only one side uses CURVE keys",
    serverSays: "has refused a client: it has no CURVE keys",
  },
  {
    what: "a client with keys, by a server without",
    server: () => ({}),
    friend: () => [],
    refused: ({ server, friend }) => [server, friend],
    clientSays: "refused: only one side uses CURVE keys",
    serverSays: "has refused a client: it has CURVE keys, and this side has none",
  },
];

for (const [kind, start] of KINDS) {
  for (const { what, server: options, friend, refused, clientSays, serverSays } of refusals) {
    test.serial(`${kind} refuses ${what}; both say so, and the others get everything`, async (t) => {
      const keys = await keyFiles(t, "server", "other", "friend", "stranger");
      const server = await start(t, options(keys));
      const stranger = await monitorWith(t, server.source, ...refused(keys));
      await until(() => server.urls.every((url) => stranger.warnings.some((line) => line.includes(url))));
      await until(() => server.urls.every((url) => server.warnings.some((line) => line.startsWith(url))));

      const guest = await monitorWith(t, server.source, ...friend(keys));
      await server.connected();
      for (const frame of [1, 2, 3]) await server.send(frame);
      await until(() => guest.ids.length === 3);

      t.deepEqual(stranger.ids, []);
      t.deepEqual(guest.warnings, []);
      const distinct = (lines: readonly string[]) => [...new Set(lines)].sort();
      t.deepEqual(
        distinct(stranger.warnings),
        distinct(server.urls.map((url) => `warn ${url} ${clientSays}`)),
      );
      t.deepEqual(distinct(server.warnings), distinct(server.urls.map((url) => `${url} ${serverSays}`)));
      t.is(
        stranger.status.message,
        `stalled: ${server.urls.map((url) => `no data from ${url} yet (${clientSays})`).join(", ")}`,
      );
    });
  }

  test.serial(`${kind} that lets a client in later, has it connect by itself, once`, async (t) => {
    const keys = await keyFiles(t, "server", "friend", "stranger");
    const first = await start(t, { own: keys.server, clients: [keys.stranger] });
    const monitor = await monitorWith(t, first.source, keys.server, keys.friend);
    await until(() => first.urls.every((url) => monitor.warnings.some((line) => line.includes(url))));
    await first.stop();
    const second = await start(t, { own: keys.server, clients: [keys.friend], urls: first.urls });
    await second.connected();
    for (const frame of [7, 8, 9]) await second.send(frame);
    await until(() => monitor.ids.length === 3);
    t.like(monitor.status.counters, { paired: 3, duplicate: 0, late: 0, unpaired: 0 });
    t.is(monitor.status.message, "streaming");
  });

  test.serial(`${kind} with the key that a client expects, has it connect by itself, once`, async (t) => {
    const keys = await keyFiles(t, "server", "other");
    const first = await start(t, { own: keys.other });
    const monitor = await monitorWith(t, first.source, keys.server);
    await until(() => first.urls.every((url) => monitor.warnings.some((line) => line.includes(url))));
    await first.stop();
    await until(() => !monitor.status.message.includes("refused"));
    const second = await start(t, { own: keys.server, urls: first.urls });
    await second.connected();
    for (const frame of [7, 8, 9]) await second.send(frame);
    await until(() => monitor.ids.length === 3);
    t.like(monitor.status.counters, { paired: 3, duplicate: 0, late: 0, unpaired: 0 });
  });
}

test.serial("servers in one process each let in their own clients", async (t) => {
  const keys = await keyFiles(t, "a", "b", "c", "ofA", "ofB");
  const a = await aReceiver(t, { own: keys.a, clients: [keys.ofA] });
  const b = await aReceiver(t, { own: keys.b, clients: [keys.ofB] });
  const all = await aReceiver(t, { own: keys.c });
  const wrong = [
    await monitorWith(t, a.source, keys.a, keys.ofB),
    await monitorWith(t, b.source, keys.b, keys.ofA),
  ];
  for (const monitor of wrong) await until(() => monitor.warnings.length > 0);
  const right = [
    [a, await monitorWith(t, a.source, keys.a, keys.ofA)],
    [b, await monitorWith(t, b.source, keys.b, keys.ofB)],
    [all, await monitorWith(t, all.source, keys.c, keys.ofA)],
  ] as const;
  for (const [server, monitor] of right) {
    await server.connected();
    await server.send(1);
    await until(() => monitor.ids.length === 1);
    t.deepEqual(monitor.warnings, []);
  }
  await until(() => a.warnings.length > 0 && b.warnings.length > 0);
  t.deepEqual(all.warnings, []);
  for (const { ids } of wrong) t.deepEqual(ids, []);
});

test.serial("a receiver has keys on both its sides", async (t) => {
  const keys = await keyFiles(t, "detector", "receiver", "monitor");
  const detector = await aDetector(t, { own: keys.detector, clients: [keys.receiver] });
  const receiver = await startReceiver(t, detector.source, {
    inputServerKeyFile: keys.detector.public,
    inputKeyFile: keys.receiver.secret,
    keyFile: keys.receiver.secret,
    clientKeyFiles: [keys.monitor.public],
  });
  const monitor = await monitorWith(t, receiver.url, keys.receiver, keys.monitor);
  await until(() => receiver.counter("monitors") === 1);
  await detector.connected();
  await detector.send(1);
  await until(() => monitor.ids.length === 1);
  t.deepEqual([detector.warnings, receiver.warnings, monitor.warnings], [[], [], []]);
});

test.serial("a server that is no ZeroMQ's is refused, or refuses, and nothing crashes", async (t) => {
  const servers = [
    createHttpServer((_, response) => response.end("hello")),
    createServer((one) => one.end("hello\n")),
  ];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => server.close());
    const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const monitor = await monitorWith(t, url);
    await until(() => monitor.warnings.length > 0);
    t.regex(
      monitor.status.message,
      /^stalled: no data from tcp:\/\/127\.0\.0\.1:\d+ yet \(refused: (a web server listens on this port, not ZeroMQ|it does not speak ZeroMQ's protocol, but sent 'hello')\)$/,
    );
    await monitor.stop();
  }
});

const NO_RECEIVER =
  "refused: this is not an `om-jungfrau receive`. For the detector itself, name all ports: tcp://HOST:P1,tcp://HOST:P2";
const NO_PORT =
  "refused: this ZeroMQ socket is not an slsReceiver's port. Name an `om-jungfrau receive` alone, as pairs+tcp://HOST:PORT. Instead of an slsFrameSynchronizer, name the receivers' ports";

test.serial("one port of a detector is no receiver; when one takes its place, it is connected", async (t) => {
  const detector = await aDetector(t, {});
  const [url = ""] = detector.urls;
  const monitor = await monitorWith(t, url);
  // Whichever side is the first to see it hangs up; the detector is one that does not say why.
  await until(() => monitor.warnings.includes(`warn ${url} ${NO_RECEIVER}`));
  t.is(monitor.status.message, `stalled: no data from ${url} yet (${NO_RECEIVER})`);

  await detector.stop();
  const receiver = await aReceiver(t, { urls: [url] });
  await receiver.connected();
  for (const frame of [7, 8, 9]) await receiver.send(frame);
  await until(() => monitor.ids.length === 3);
  t.is(monitor.status.message, "streaming");
});

test.serial("receivers are not the ports of a detector", async (t) => {
  const receivers = [await aReceiver(t, {}), await aReceiver(t, {})];
  const urls = receivers.map(({ source }) => source);
  const monitor = await monitorWith(t, urls.join(","));
  await until(() => urls.every((url) => monitor.warnings.includes(`warn ${url} ${NO_PORT}`)));
  t.deepEqual(monitor.ids, []);
});

test.serial("a client that is no ZeroMQ's is no monitor", async (t) => {
  for (const own of [undefined, (await keyFiles(t, "server")).server]) {
    const server = await aReceiver(t, { own });
    const { port } = new URL(server.source.replace("tcp", "http"));
    for (const text of ["GET / HTTP/1.1\r\n\r\n", ""]) {
      const client = connect(Number(port), "127.0.0.1");
      client.end(text);
      client.resume();
      client.on("error", () => undefined); // being thrown out is what it is for
      await new Promise((resolve) => client.once("close", resolve));
    }
    await until(() => server.warnings.length > 0);
    t.deepEqual(
      [...new Set(server.warnings)],
      [`${server.source} lost a client before it identified itself: does it speak ZeroMQ's protocol?`],
    );
    const monitor = await monitorWith(t, server.source, own);
    await server.connected();
    await server.send(1);
    await until(() => monitor.ids.length === 1);
  }
});

for (const [kind, start, socketType] of [
  ["a detector", aDetector, "SUB"],
  ["a receiver", aReceiver, "PULL"],
] as const) {
  test.serial(`${kind} hangs up on a client that announces a message of 1 GiB`, async (t) => {
    const server = await start(t, {});
    const { port } = new URL(server.urls[0]?.replace("tcp", "http") ?? "");
    const client = connect(Number(port), "127.0.0.1");
    t.teardown(() => client.destroy());
    client.on("error", () => undefined); // being thrown out is what it is for
    client.resume();
    let isThrownOut = false;
    client.once("close", () => {
      isThrownOut = true;
    });
    client.write(Buffer.concat([GREETING, ready(socketType), frameHead(2 ** 30)]));
    await until(() => isThrownOut);
    t.pass();
  });
}
