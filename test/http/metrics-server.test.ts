import { EventEmitter, once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import test, { type ExecutionContext } from "ava";
import { HostError } from "../../src/errors.js";
import { type MetricsServerOptions, startMetricsServer } from "../../src/http/index.js";
import { ask } from "../helpers/http-requests.js";

const METRICS = { text: async () => "fruits_total 3\n", contentType: "text/plain; version=0.0.4" };

/** A server on a free port, for one test. */
async function serve(t: ExecutionContext, options: Partial<MetricsServerOptions> = {}) {
  const server = await startMetricsServer({
    host: "127.0.0.1",
    port: 0,
    metrics: METRICS,
    health: () => ({ state: "streaming", message: "streaming" }),
    ...options,
  });
  t.teardown(() => server.close());
  return { ...server, port: Number(new URL(server.url).port) };
}

/** A connection that asks for nothing, and a promise of its end, be it a reset. */
async function openConnection(port: number) {
  const socket = connect(port, "127.0.0.1").resume();
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return { socket, closed: new Promise((resolve) => socket.once("close", resolve)) };
}

test("serves the metrics, at each request anew, and to nobody's cache", async (t) => {
  let scrapes = 0;
  const { url } = await serve(t, { metrics: { ...METRICS, text: async () => `scrapes ${++scrapes}\n` } });
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  for (const expected of ["scrapes 1\n", "scrapes 2\n"]) {
    const response = await fetch(`${url}/metrics`);
    t.is(response.status, 200);
    t.is(await response.text(), expected);
    t.is(response.headers.get("content-type"), "text/plain; version=0.0.4");
    t.is(response.headers.get("cache-control"), "no-store");
    t.is(response.headers.get("x-content-type-options"), "nosniff");
  }
  t.is((await fetch(`${url}/metrics?name[]=fruits`)).status, 200);
});

const states: [string, number][] = [
  ["waiting", 200],
  ["streaming", 200],
  ["stalled", 503],
  ["one_module_only", 503],
  ["a state to come", 503],
];
for (const [state, status] of states) {
  test(`health of a stream that is ${state} is ${status}`, async (t) => {
    const message = 'tcp://a:1 "is" quiet';
    const { url } = await serve(t, { health: () => ({ state, message }) });
    const response = await fetch(`${url}/healthz`);
    t.is(response.status, status);
    t.is(response.headers.get("content-type"), "application/json");
    t.deepEqual(await response.json(), { state, message });
  });
}

test("HEAD has the headers of GET, and no body", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/metrics", "/healthz"]) {
    const get = await ask(url + path);
    const head = await ask(url + path, { method: "HEAD" });
    const { date: _get, ...expected } = get.headers;
    const { date: _head, ...headers } = head.headers;
    t.deepEqual(headers, expected);
    t.is(head.headers["content-length"], String(get.body.length));
    t.is(head.body, "");
    t.is(head.status, 200);
  }
});

test("other paths are not found", async (t) => {
  const { url } = await serve(t);
  for (const path of [
    "/",
    "/metrics/",
    "/metrics/../healthz2",
    "//metrics",
    "/healthz%00",
    "/constructor",
    "/?/metrics",
  ]) {
    const { status, headers } = await ask(url, { path });
    t.is(status, 404, path);
    t.is(headers["x-content-type-options"], "nosniff");
  }
});

test("other methods are not allowed, also with a body", async (t) => {
  const { url } = await serve(t);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await fetch(`${url}/metrics`, {
      method,
      body: method === "OPTIONS" ? null : "x".repeat(1e5),
    });
    t.is(response.status, 405, method);
    t.is(response.headers.get("allow"), "GET, HEAD");
  }
  t.is((await fetch(`${url}/metrics`)).status, 200);
});

test("a server on loopback answers to loopback's names alone", async (t) => {
  const { url, port } = await serve(t);
  const status = async (host: string) => (await ask(`${url}/metrics`, { headers: { host } })).status;
  for (const name of ["127.0.0.1", "127.0.0.2", "[::1]", "localhost", "LOCALHOST"]) {
    t.is(await status(`${name}:${port}`), 200, name);
  }
  t.is(await status("localhost:1"), 200, "through a tunnel");
  for (const host of [
    `rebound.example:${port}`,
    `127.0.0.1.example:${port}`,
    `127.example:${port}`,
    `localhost.example:${port}`,
    `example@127.0.0.1:${port}`,
    `192.0.2.1:${port}`,
    `[::2]:${port}`,
    `[::1%25lo]:${port}`,
    `:${port}`,
    "localhost:",
    `localhost:${port}x`,
  ]) {
    t.is(await status(host), 403, host);
  }
  const old = connect(port, "127.0.0.1").end("GET /metrics HTTP/1.0\r\n\r\n");
  t.regex(String((await once(old, "data"))[0]), /^HTTP\/1\.1 403 /);
  const { body, headers } = await ask(`${url}/healthz`, { headers: { host: "rebound.example" } });
  t.is(body, `This page is available only on this machine. Open ${url}.\n`);
  t.is(headers["cache-control"], "no-store");
});

test("a server on all addresses answers to any name", async (t) => {
  const { port } = await serve(t, { host: "0.0.0.0" });
  const { status } = await ask(`http://127.0.0.1:${port}/metrics`, { headers: { host: "beamline.example" } });
  t.is(status, 200);
});

test("loopback by IPv6's name for IPv4 is only for this machine, too", async (t) => {
  const { url, port } = await serve(t, { host: "::ffff:127.0.0.1" });
  t.is((await ask(`${url}/metrics`)).status, 200);
  const status = async (host: string) =>
    (await ask(`http://127.0.0.1:${port}/metrics`, { headers: { host } })).status;
  t.is(await status("rebound.example"), 403);
  t.is(await status(`[::ffff:127.0.0.1]:${port}`), 200);
});

test("a name is looked up, and what it means is held to be loopback", async (t) => {
  const { url } = await serve(t, { host: "localhost" });
  t.regex(url, /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
  t.is((await fetch(`${url}/metrics`)).status, 200);
  t.is((await ask(`${url}/metrics`, { headers: { host: "rebound.example" } })).status, 403);
});

test("metrics that fail are told to the one who asked, and the server goes on", async (t) => {
  let failures = 1;
  const text = async () => {
    if (failures-- > 0) throw new Error("no status today");
    return "fruits_total 3\n";
  };
  const health = () => {
    throw new Error("no health today");
  };
  const { url } = await serve(t, { metrics: { ...METRICS, text }, health });
  const failed = await ask(`${url}/metrics`);
  t.is(failed.status, 500);
  t.is(failed.body, "Cannot answer: no status today\n");
  t.is((await ask(`${url}/healthz`)).status, 500);
  t.is((await ask(`${url}/metrics`)).status, 200);
});

test("rubbish and a client that goes away do no harm", async (t) => {
  const { url, port } = await serve(t);
  const rubbish = connect(port, "127.0.0.1").end("not http\r\n\r\n");
  const [answer] = await once(rubbish, "data");
  t.regex(String(answer), /^HTTP\/1\.1 400 /);
  const hasty = connect(port, "127.0.0.1");
  await once(hasty, "connect");
  hasty.write(`GET /metrics HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, () => hasty.destroy());
  await once(hasty, "close");
  t.is((await fetch(`${url}/metrics`)).status, 200);
});

test("clients that connect and ask for nothing keep nobody out", async (t) => {
  const { url, port } = await serve(t);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  t.is((await ask(`${url}/healthz`, { agent })).status, 200);
  const first = await openConnection(port);
  first.socket.write("GET /metrics HTTP/1.1\r\n"); // and never the rest
  const silent = await Promise.all(Array.from({ length: 30 }, () => openConnection(port)));
  t.is((await ask(`${url}/healthz`, { agent })).status, 200);
  silent.push(...(await Promise.all(Array.from({ length: 60 }, () => openConnection(port)))));
  await first.closed; // who has been silent for the longest makes room
  const before = performance.now();
  t.is((await ask(`${url}/healthz`)).status, 200);
  t.true(performance.now() - before < 2000);
  t.is(silent.filter(({ socket }) => !socket.destroyed).length > 50, true);
  for (const { socket } of silent) socket.destroy();
});

test("a port that is in use is told with its address", async (t) => {
  const { url, port } = await serve(t);
  const error = await t.throwsAsync(serve(t, { port }), { instanceOf: HostError });
  t.is(error?.code, "HOST_CANNOT_LISTEN");
  t.is(
    error?.message,
    `Cannot listen on ${url}: the port is in use. Choose another one, or 0 for any that is free.`,
  );
});

const unusable: [string, string, number, RegExp][] = [
  // Both are set aside for documentation.
  [
    "of another machine",
    "198.51.100.1",
    0,
    /http:\/\/198\.51\.100\.1:0: this machine has no such address\. Use/,
  ],
  ["in IPv6, of another machine", "2001:db8::1", 0, /http:\/\/\[2001:db8::1\]:0: .* (Use|Choose) /],
  ["of an unknown name", "nobody.invalid", 0, /http:\/\/nobody\.invalid:0: .* Use /],
  ["with an impossible port", "127.0.0.1", 70000, /http:\/\/127\.0\.0\.1:70000: .* Choose another address/],
];
for (const [what, host, port, message] of unusable) {
  test(`an address ${what} is told`, async (t) => {
    const error = await t.throwsAsync(serve(t, { host, port }), { instanceOf: HostError, message });
    t.is(error?.code, "HOST_CANNOT_LISTEN");
  });
}

test("closes with connections open, and again, and gives the port back", async (t) => {
  const { url, port, close } = await serve(t);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const { headers } = await ask(`${url}/metrics`, { agent });
  t.is(headers.connection, "keep-alive");
  const silent = await openConnection(port);
  const unfinished = await openConnection(port);
  unfinished.socket.write("GET /metrics HTTP/1.1\r\n");

  await Promise.all([close(), close()]);
  await close();
  await Promise.all([silent.closed, unfinished.closed]);
  await t.throwsAsync(fetch(`${url}/metrics`));
  t.is((await serve(t, { port })).port, port);
});

test("closes while an answer is being made", async (t) => {
  const asking = new EventEmitter();
  const asked = once(asking, "asked");
  const text = () => {
    asking.emit("asked");
    return new Promise<string>(() => undefined);
  };
  const { url, close } = await serve(t, { metrics: { ...METRICS, text } });
  const broken = t.throwsAsync(fetch(`${url}/metrics`));
  await asked;
  await close();
  await broken;
});
