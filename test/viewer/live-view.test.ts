import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { WebSocket } from "ws";
import type { DataSource, StreamStatus } from "../../src/api/index.js";
import { HostError } from "../../src/errors.js";
import type { Array2D } from "../../src/host/index.js";
import { LiveView, type LiveViewOptions } from "../../src/viewer/index.js";
import type { PlaybackCommand, PlaybackReport, Report, ServerMessage } from "../../src/viewer/protocol.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ask } from "../helpers/http-requests.js";
import { IDENTITY } from "../helpers/identity.js";
import { LivePage } from "../helpers/live-pages.js";
import { until } from "../helpers/until.js";
import { watchedData } from "../helpers/watched.js";

/** Small, so that the tests are fast; a frame's size makes no difference to them but where it is said. */
const SHAPE = [16, 32] as const;
const PIXELS = SHAPE[0] * SHAPE[1];

/** Words that say which event they are of. */
const RAW_SOURCE: DataSource<Array2D> = {
  initializeDataSource: () => undefined,
  getData: ({ event }) => words(Number(event.frameNumber)),
  borrowData: ({ event }) => words(Number(event.frameNumber)),
};

function words(value: number): Array2D {
  return { dtype: "uint16", shape: SHAPE, data: new Uint16Array(PIXELS).fill(value), unit: "raw" };
}

/** A calibrated frame, all of one value but for a bad pixel in the corner. */
function frame(value: number, shape: Array2D["shape"] = SHAPE): Array2D {
  const data = new Float32Array(shape[0] * shape[1]).fill(value);
  const status = new Uint8Array(data.length);
  data[0] = Number.NaN;
  status[0] = 2;
  return {
    dtype: "float32",
    shape,
    data,
    status,
    unit: "photons",
    badPixels: { missing: 0, masked: 1 },
  };
}

async function start(t: Pick<ExecutionContext, "teardown">, options: Partial<LiveViewOptions> = {}) {
  const clock = new FixedClock();
  const logger = new RecordingLogger();
  const status: StreamStatus = {
    state: "streaming",
    message: "streaming",
    counters: { delivered: 3, skipped: 2 },
  };
  const view = await LiveView.start({
    host: "127.0.0.1",
    port: 0,
    origins: [],
    token: undefined,
    frames: "calibrated",
    rawSource: RAW_SOURCE,
    status: () => status,
    watched: watchedData(clock),
    identity: IDENTITY,
    metrics: { text: async () => "fruits_total 3\n", contentType: "text/plain" },
    clock,
    logger,
    ...options,
  });
  t.teardown(() => view.close());
  let number = 0;
  /** Offer events until one is taken that makes this true. @param shown  always this frame, where its values make no difference */
  const showUntil = (isShown: () => boolean | Promise<boolean>, shown?: Array2D) =>
    until(
      async () => {
        number += 1;
        view.offer(
          { frameNumber: BigInt(number), timestampSeconds: clock.nowSeconds() - 0.25 },
          shown ?? frame(number),
        );
        return await isShown();
      },
      { everyMs: 20 },
    );
  return { view, clock, logger, showUntil };
}

/** A view for several tests, which takes a thread less for each. @returns that view */
function sharedView(options: Partial<LiveViewOptions> = {}): () => Promise<LiveView> {
  let started: ReturnType<typeof start> | undefined;
  test.after.always(async () => (await started)?.view.close());
  return async () => {
    started ??= start({ teardown: () => undefined }, options);
    return (await started).view;
  };
}

/** For tests that change nothing of it. */
const plainView = sharedView();

const isReport = (message: ServerMessage): message is Report => message.type === "report";

test("a page gets an image when it has asked and there is a newer one, and no other", async (t) => {
  const { view, showUntil } = await start(t);
  const page = await LivePage.open(t, view.url);
  const hello = await page.text(({ type }) => type === "hello");
  t.like(hello, { images: ["calibrated", "raw", "sum", "maximum"], identity: IDENTITY });
  t.is(page.texts[0], hello, "it comes first");
  page.say({ type: "image", image: "calibrated", after: null });
  await showUntil(() => page.images.length > 0);
  const first = await page.image(() => true);
  const value = Number(first.header.eventId);
  t.true(value > 0);
  t.like(first.header, { image: "calibrated", dtype: "float32", shape: SHAPE, unit: "photons", frames: 1 });
  t.is(first.data[1], value);
  t.deepEqual([first.data[0], first.status[0], first.status[1]], [Number.NaN, 2, 0]);

  const { sequence } = first.header;
  const other = await LivePage.open(t, view.url);
  other.say({ type: "image", image: "raw", after: null });
  const raw = await other.image(() => true);
  t.is(raw.data[7], Number(raw.header.eventId));
  t.is(page.images.length, 1, "it has not asked again");

  page.say({ type: "image", image: "calibrated", after: sequence });
  await showUntil(() => page.images.length > 1);
  t.true(((await page.image(({ header }) => header.sequence > sequence)).data[1] ?? 0) > value);
});

test("signals and alarms are in reports and history, and an alarm in the health that asks for it", async (t) => {
  const clock = new FixedClock();
  const watched = watchedData(clock, { "roi.sum": 20 }, { healthz: true });
  watched.signals.collect({ roi: { sum: 17.5 }, lit: { hit: true } });
  const { view } = await start(t, { watched });
  const page = await LivePage.open(t, view.url);
  const report = await page.text(
    (message): message is Report => isReport(message) && message.signals.length > 0,
  );
  t.deepEqual(report.signals, [
    { name: "roi.sum", isShare: false },
    { name: "lit.hit", isShare: true },
  ]);
  t.is(report.sample.signals["roi.sum"], 17.5);
  t.deepEqual(report.alarms, []);
  t.is((await ask(`${view.url}healthz`)).status, 200);

  watched.signals.collect({ roi: { sum: 57 } });
  watched.alarms.look();
  const alarmed = await page.text(
    (message): message is Report => isReport(message) && message.alarms.length > 0,
  );
  t.like(alarmed.alarms[0], { name: "roi.sum_high", message: "roi.sum is 57, above 20" });
  t.is(alarmed.state, "streaming");
  t.is((await ask(`${view.url}healthz`)).status, 503);
  const later = await LivePage.open(t, view.url);
  const hello = await later.text(({ type }) => type === "hello");
  t.true(hello.type === "hello" && hello.history.some(({ signals }) => signals["roi.sum"] === 57));
});

test("pages are told how the monitor is doing, and those that come later how it was", async (t) => {
  const { view, showUntil } = await start(t);
  const page = await LivePage.open(t, view.url);
  page.say({ type: "image", image: "calibrated", after: null });
  await showUntil(() => page.images.length > 0);
  const report = await page.text(
    (message): message is Report =>
      isReport(message) && message.adcHistograms !== null && message.sample.badPixels > 0,
  );
  t.like(report, {
    state: "streaming",
    message: "streaming",
    counters: { delivered: 3, skipped: 2 },
    badPixels: { missing: 0, masked: 1 },
  });
  t.like(report.sample, {
    lagSeconds: 0.25,
    skipped: 2,
    partial: 0,
    unpaired: 0,
    incomplete: 0,
    badPixels: 1,
  });
  t.is(report.adcHistograms?.stages[0]?.[0], PIXELS, "raw words of a small frame number");
  t.true(report.accumulation.frames > 0);

  const later = await LivePage.open(t, view.url);
  const hello = await later.text(({ type }) => type === "hello");
  t.true(hello.type === "hello" && hello.history.some(({ badPixels }) => badPixels === 1));

  const { body, headers } = await ask(`${view.url}api/status`);
  t.is(headers["content-type"], "application/json");
  t.like(JSON.parse(body), { state: "streaming", badPixels: { masked: 1 }, counters: { delivered: 3 } });
});

test("sum and maximum are of all frames that were taken, until a page begins them anew", async (t) => {
  const { view, showUntil } = await start(t);
  const page = await LivePage.open(t, view.url);
  page.say({ type: "image", image: "sum", after: null });
  await showUntil(() => page.images.some(({ header }) => header.frames > 0));
  const whole = await page.image(({ header }) => header.image === "sum");
  const newest = Number(whole.header.eventId); // values are numbers of events, and go up
  const { frames } = whole.header;
  const sum = whole.data[5] ?? Number.NaN;
  t.true(
    sum >= (frames * (frames + 1)) / 2 && sum <= frames * newest,
    `${sum} of ${frames} frames up to ${newest}`,
  );
  t.true(Number.isNaN(whole.data[0]), "never measured");
  t.is(whole.status[0], 2);

  page.say({ type: "window", frames: 4 });
  await page.text((message) => isReport(message) && message.accumulation.window === 4);
  page.say({ type: "image", image: "maximum", after: null });
  await showUntil(() => page.images.some(({ header }) => header.image === "maximum"));
  const maximum = await page.image(({ header }) => header.image === "maximum");
  t.is(maximum.data[5], Number(maximum.header.eventId), "values go up: the newest is the maximum");
  t.true(maximum.header.frames <= 5);

  page.say({ type: "reset" });
  await page.text((message) => isReport(message) && message.accumulation.frames === 0);
});

test("a page that does not read holds up neither the view nor other pages", async (t) => {
  const { view, showUntil } = await start(t);
  const ASKED = 24; // 125 MB; the system's own buffers take some 40
  const stuck = await LivePage.open(t, view.url);
  stuck.pause();
  const page = await LivePage.open(t, view.url);
  const large = frame(1, [1024, 1024]);
  for (let after: number | null = null, shown = 0; shown < ASKED; shown++) {
    stuck.say({ type: "image", image: "calibrated", after: null });
    page.say({ type: "image", image: "calibrated", after });
    await showUntil(() => page.images.length > shown, large);
    after = page.images[shown]?.header.sequence ?? null;
  }
  stuck.resume();
  stuck.say("the end");
  await stuck.closed;
  t.true(stuck.images.length < ASKED / 2, `${stuck.images.length} were kept for it`);
});

for (const [what, message] of [
  ["no JSON", "{"],
  ["nothing", "null"],
  ["another type", '{"type":"restart"}'],
  ["an image that there is none of", '{"type":"image","image":"dark","after":null}'],
  ["a window of no frames", '{"type":"window","frames":0}'],
  ["a command for a recording where none is played", '{"type":"playback","command":{"action":"play"}}'],
  ["too much", `{"type":"reset","why":"${"x".repeat(2000)}"}`],
] as const) {
  // One after the other, as pages are counted.
  test.serial(`a page that says ${what} is shown out, and others stay`, async (t) => {
    const view = await plainView();
    const [wrong, right] = [await LivePage.open(t, view.url), await LivePage.open(t, view.url)];
    wrong.say(message);
    const [code] = await wrong.closed;
    t.true([1008, 1009].includes(code), `${code}`);
    await until(() => view.pages === 1);
    await right.text(isReport);
  });
}

test("an image that this monitor has not got is refused; a raw monitor has raw frames alone", async (t) => {
  const { view } = await start(t, { frames: "raw", rawSource: undefined });
  const page = await LivePage.open(t, view.url);
  const hello = await page.text(({ type }) => type === "hello");
  t.deepEqual(hello.type === "hello" && hello.images, ["raw"]);
  page.say({ type: "image", image: "calibrated", after: null });
  t.deepEqual(await page.closed, [1008, "no image 'calibrated' here"]);
  view.offer({ frameNumber: 9n, timestampSeconds: 0 }, words(9));
  await until(async () => (await ask(`${view.url}api/frame.npy`)).status === 200);
  const { body, headers } = await ask(`${view.url}api/frame.npy`);
  t.true(body.startsWith("\x93NUMPY") && body.includes("{'descr': '<u2'"));
  t.is(headers["x-event-id"], "9");
});

test("programs get frames as numpy reads them", async (t) => {
  const { view, showUntil } = await start(t);
  t.is((await ask(`${view.url}api/frame.npy`)).status, 503, "before the first");
  await showUntil(async () => (await ask(`${view.url}api/frame.npy`)).status === 200);
  for (const [query, descr, bytes] of [
    ["", "<f4", 4],
    ["?image=raw", "<u2", 2],
    ["?image=sum", "<f4", 4],
  ] as const) {
    const { body, headers } = await ask(`${view.url}api/frame.npy${query}`);
    t.is(body.length, 128 + bytes * PIXELS, query);
    t.true(body.includes(`{'descr': '${descr}', 'fortran_order': False, 'shape': (16, 32), }`));
    t.regex(headers["content-disposition"] ?? "", /filename="\d+-(calibrated|raw|sum)\.npy"/);
  }
  const { status, body } = await ask(`${view.url}api/frame.npy?image=../../etc/passwd`);
  t.is(status, 404);
  t.is(body, "There is no image '../../etc/passwd'. There is calibrated, raw, sum, maximum.\n");
});

test("metrics and health are on the same port, from the monitor's own numbers", async (t) => {
  const view = await plainView();
  t.is((await ask(`${view.url}metrics`)).body, "fruits_total 3\n");
  await until(async () => (await ask(`${view.url}healthz`)).body.includes('"streaming"'));
});

// By itself, as an answer is kept for a short time only.
test.serial(
  "metrics that fail are told as such, and many who ask at once cost the monitor one answer",
  async (t) => {
    let texts = 0;
    const text = async () => {
      texts += 1;
      if (texts === 1) throw new Error("no status today");
      return `texts ${texts}\n`;
    };
    const { view } = await start(t, { metrics: { text, contentType: "text/plain" } });
    const failed = await ask(`${view.url}metrics`);
    t.deepEqual([failed.status, failed.body], [500, "Cannot answer: no status today\n"]);
    await until(async () => (await ask(`${view.url}metrics`)).status === 200);
    const before = texts;
    await Promise.all(Array.from({ length: 20 }, () => ask(`${view.url}metrics`)));
    t.true(texts <= before + 1, `${texts - before} for 20`);
  },
);

test("a view that dies is told, and the monitor goes on without it", async (t) => {
  const { view, logger } = await start(t);
  // More rows than there are data: the thread cannot read it.
  view.offer({ frameNumber: 1n, timestampSeconds: 0 }, { ...frame(1), shape: [4096, 4096] });
  await until(() => logger.lines.length > 0);
  t.regex(logger.lines[0] ?? "", /^error The live view has ended; the monitor continues: /);
  await t.throwsAsync(ask(view.url));
  view.offer({ frameNumber: 2n, timestampSeconds: 0 }, frame(2));
  await view.close();
  t.is(logger.lines.length, 1);
});

test("a frame that cannot be copied costs the view that frame, and is told once", async (t) => {
  let failures = 2;
  const borrowData: NonNullable<typeof RAW_SOURCE.borrowData> = ({ event }) => {
    if (failures-- > 0) throw new Error("no raw words today");
    return words(Number(event.frameNumber));
  };
  const { view, logger, showUntil } = await start(t, { rawSource: { ...RAW_SOURCE, borrowData } });
  await showUntil(async () => (await ask(`${view.url}api/frame.npy`)).status === 200);
  t.deepEqual(logger.lines, ["warn The live view cannot show a frame: no raw words today"]);
});

test("connections that are refused, and break or stay open, harm nobody", async (t) => {
  const { view } = await start(t);
  const { host, port } = new URL(view.url);
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\n` +
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  for (let i = 0; i < 100; i++) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(upgrade("/api/live"), () => socket.resetAndDestroy());
  }
  // More than the server takes at a time, of clients that never close their side.
  for (let i = 0; i < 80; i++) {
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    t.teardown(() => socket.destroy());
    socket.on("error", () => undefined);
    socket.end(upgrade("/api/live"));
    const [answer] = await once(socket, "data");
    t.regex(String(answer), /^HTTP\/1\.1 403 Forbidden/);
  }
  t.is((await ask(`${view.url}api/status`)).status, 200);
});

test("a client that offers another protocol is answered in this one", async (t) => {
  const view = await plainView();
  const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABk" };
  const { status, body } = await ask(`${view.url}api/status`, { headers });
  t.is(status, 200);
  t.is(JSON.parse(body).type, "report");
});

test("the page comes with a policy that lets it load nothing from elsewhere", async (t) => {
  const view = await plainView();
  const { status, headers } = await ask(view.url);
  t.is(status, 200);
  t.regex(headers["content-type"] ?? "", /^text\/html/);
  const policy = headers["content-security-policy"] as string;
  t.regex(policy, /default-src 'none'; script-src 'self';/);
  t.notRegex(policy, /unsafe|\*|http/);
  t.is(headers["x-content-type-options"], "nosniff");
  t.is(headers["referrer-policy"], "no-referrer");
});

test("foreign hosts, foreign pages and hostile paths are refused", async (t) => {
  const view = await plainView();
  const { host } = new URL(view.url);
  for (const path of ["/", "/api/status", "/api/frame.npy", "/metrics"]) {
    t.is((await ask(view.url, { path, headers: { host: "evil.example" } })).status, 403, path);
    t.is((await ask(view.url, { path, headers: { host, origin: "http://evil.example" } })).status, 403, path);
  }
  for (const path of [
    "/../package.json",
    "/..%2f..%2fpackage.json",
    "/assets/../../package.json",
    "/assets/",
    "/index.html/",
    "//",
    "/%00",
    "/api",
    "/api/live",
    "/constructor",
    "/__proto__",
    "/.git/config",
    `/${"a".repeat(5000)}`,
  ]) {
    t.is((await ask(view.url, { path })).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    t.is((await ask(`${view.url}api/status`, { method })).status, 405, method);
  }
});

/** Status of the answer to a WebSocket's opening. */
async function refusalOf(url: string, options: { origin?: string; headers?: Record<string, string> } = {}) {
  const socket = new WebSocket(url, options);
  socket.on("error", () => undefined);
  const [, response] = await once(socket, "unexpected-response");
  response.resume();
  return response.statusCode;
}

test("a WebSocket is for the page's own origin, at its own path", async (t) => {
  const view = await plainView();
  const { host } = new URL(view.url);
  const live = `ws://${host}/api/live`;
  t.is(await refusalOf(live, { origin: "http://evil.example" }), 403);
  t.is(await refusalOf(live, { headers: { Host: "evil.example" } }), 403);
  t.is(await refusalOf(`ws://${host}/`), 404);
  t.is(await refusalOf(`ws://${host}/api/live/../status`), 404);
  await LivePage.open(t, view.url, { origin: `http://${host}` });
});

test("behind a reverse proxy the page is for its own origin there, whichever host the proxy names", async (t) => {
  const origin = "https://view.example:8443";
  const { view } = await start(t, { origins: [origin, "http://[fd00::1]"] });
  const { host } = new URL(view.url);
  for (const passed of [host, "view.example", "View.Example:8443", "[fd00::1]"]) {
    for (const path of ["/", "/api/status", "/metrics"])
      t.is((await ask(view.url, { path, headers: { host: passed, origin } })).status, 200, passed + path);
    t.is(
      (await ask(view.url, { headers: { host: passed } })).status,
      200,
      "a page sends no Origin for itself",
    );
    await LivePage.open(t, view.url, { origin, headers: { Host: passed } });
    const live = `ws://${host}/api/live`;
    t.is(await refusalOf(live, { origin: "https://evil.example", headers: { Host: passed } }), 403);
  }
  for (const named of [
    "evil.example",
    "view.example.evil.example",
    "x.view.example",
    "view.example:8443:1",
  ]) {
    t.is((await ask(view.url, { headers: { host: named, origin } })).status, 403, named);
  }
});

test("a page behind a proxy that nobody has told of is refused, and the answer says what to do", async (t) => {
  const view = await plainView();
  for (const headers of [{ host: "view.example" }, { origin: "https://view.example" }]) {
    const { status, body } = await ask(`${view.url}api/status`, { headers });
    t.is(status, 403);
    t.regex(body, /Behind a reverse proxy, give the monitor the page's address with --view-origin\./);
  }
});

test("a view that other machines reach wants its token, but for the page's code", async (t) => {
  const token = "a-token-of-some-length";
  const { view } = await start(t, { host: "0.0.0.0", token });
  const url = new URL(view.url);
  t.is(url.search, "", "the token is not a part of it");
  const base = `http://127.0.0.1:${url.port}`;
  for (const path of ["/", "/api/status", "/api/frame.npy", "/metrics", "/healthz"]) {
    t.is((await ask(base + path)).status, 401, path);
    t.is((await ask(`${base}${path}?token=wrong`)).status, 401, path);
    t.not((await ask(`${base}${path}?token=${token}`)).status, 401, path);
  }
  const page = (await ask(`${base}/?token=${token}`)).body;
  const script = /src="\.?(\/[^"]+\.js)"/.exec(page)?.[1];
  t.is((await ask(`${base}${script}`)).status, 200, `the page names ${script}`);
  t.is(await refusalOf(`ws://127.0.0.1:${url.port}/api/live`), 401);
  await LivePage.open(t, `${base}/?token=${token}`);
});

test("an address that cannot be had is told as the metrics server tells it", async (t) => {
  const view = await plainView();
  const error = await t.throwsAsync(start(t, { port: Number(new URL(view.url).port) }), {
    instanceOf: HostError,
  });
  t.is(error?.code, "HOST_CANNOT_LISTEN");
  t.regex(error?.message ?? "", /^Cannot listen on http:\/\/127\.0\.0\.1:\d+: the port is in use\./);
});

test("it ends with pages open, connections held, and gives the port back", async (t) => {
  const { view, logger } = await start(t);
  const page = await LivePage.open(t, view.url);
  const stuck = await LivePage.open(t, view.url);
  stuck.pause();
  const { port } = new URL(view.url);
  const idle = connect(Number(port), "127.0.0.1");
  await once(idle, "connect");
  await Promise.all([view.close(), view.close()]);
  await view.close();
  t.deepEqual(await page.closed, [1001, "the monitor ends"]);
  view.offer({ frameNumber: 1n, timestampSeconds: 0 }, frame(1));
  const again = await start(t, { port: Number(port) });
  t.is(new URL(again.view.url).port, port);
  t.deepEqual(logger.lines, []);
});

test("frames that the monitor keeps are saved on request, once at a time", async (t) => {
  let asked = 0;
  const answers = [
    async () => undefined,
    // Long enough for a second request.
    () => delay(500, { path: "kept_master_0.json", exposures: 7 }),
    () => Promise.reject(new Error("the disk is full")),
  ];
  const kept = { size: 9, save: async () => answers[asked++]?.() };
  const { view, logger } = await start(t, { kept });
  const page = await LivePage.open(t, view.url);
  t.like(await page.text((one) => one.type === "hello"), { keeps: 9 });
  const url = `${view.url}api/save-frames`;
  const post = () => ask(url, { method: "POST" });
  t.like(await ask(url), { status: 405 });
  t.is(asked, 0);
  t.like(await post(), { status: 503, body: "No frame has arrived yet.\n" });
  const both = await Promise.all([post(), post()]);
  t.deepEqual(
    both.map(({ status, body }) => [status, JSON.parse(body)]),
    [0, 1].map(() => [200, { path: "kept_master_0.json", exposures: 7 }]),
  );
  t.is(asked, 2);
  t.true(logger.lines.includes("info Saved the last 7 raw frames as kept_master_0.json"));
  t.like(await post(), { status: 500, body: "the disk is full\n" });
  t.like(await ask(url, { method: "POST", headers: { Origin: "http://elsewhere.example" } }), {
    status: 403,
  });
  t.is(asked, 3);
});

/** A playback of ten exposures that does what it is asked at once. */
function playbackOfTen() {
  const asked: string[] = [];
  const playback = {
    position: 4 as number | undefined,
    total: 10,
    isPaused: false,
    play: () => asked.push("play"),
    pause: () => {
      asked.push("pause");
      playback.isPaused = true;
    },
    seek: (index: number) => {
      asked.push(`seek ${index}`);
      playback.position = index;
    },
    step: (exposures: number) => asked.push(`step ${exposures}`),
  };
  return { playback, asked };
}

const isPlayback = (message: ServerMessage): message is PlaybackReport => message.type === "playback";

test("pages steer the recording that is played, and all know where it is", async (t) => {
  const { playback, asked } = playbackOfTen();
  const { view } = await start(t, { playback });
  const [one, other] = [await LivePage.open(t, view.url), await LivePage.open(t, view.url)];
  t.deepEqual(await other.text(isPlayback), { type: "playback", position: 4, total: 10, isPaused: false });
  const say = (command: PlaybackCommand) => one.say({ type: "playback", command });
  say({ action: "pause" });
  await other.text((message) => isPlayback(message) && message.isPaused);
  say({ action: "seek", exposure: 7 });
  await other.text((message) => isPlayback(message) && message.position === 7);
  say({ action: "step", exposures: -1 });
  say({ action: "play" });
  await until(() => asked.length === 4);
  t.deepEqual(asked, ["pause", "seek 7", "step -1", "play"]);
  const late = await LivePage.open(t, view.url);
  t.like(await late.text(isPlayback), { position: 7, isPaused: true });
});

const unsteered = playbackOfTen();
const viewOfPlayback = sharedView({ playback: unsteered.playback });

for (const command of [
  undefined,
  null,
  "play",
  {},
  { action: "stop" },
  { action: "seek" },
  { action: "seek", exposure: "3" },
  { action: "step", exposures: 0.5 },
]) {
  test(`a page that asks a playback for ${JSON.stringify(command)} is shown out`, async (t) => {
    const view = await viewOfPlayback();
    const page = await LivePage.open(t, view.url);
    page.say(JSON.stringify({ type: "playback", command }));
    t.deepEqual(await page.closed, [1008, "not a message of this view"]);
    t.deepEqual(unsteered.asked, []);
  });
}

test("every frame of a recording is shown, however fast they come, and a view that is gone holds nobody up", async (t) => {
  const { playback } = playbackOfTen();
  const { view, clock } = await start(t, { playback });
  const page = await LivePage.open(t, view.url);
  const show = (number: number) =>
    view.show({ frameNumber: BigInt(number), timestampSeconds: clock.nowSeconds() }, frame(number));
  for (let number = 1; number <= 50; number += 1) await show(number);
  const isWhole = (message: ServerMessage): message is Report =>
    isReport(message) && message.accumulation.frames === 50;
  t.is((await page.text(isWhole)).sample.badPixels, 1);
  await view.close();
  for (let number = 51; number <= 60; number += 1) await t.notThrowsAsync(show(number));
});

test("without kept frames there is nothing to save, and without the token nobody saves", async (t) => {
  const { view } = await start(t);
  t.like(await ask(`${view.url}api/save-frames`, { method: "POST" }), { status: 404 });
  const kept = { size: 1, save: async () => ({ path: "kept_master_0.json", exposures: 1 }) };
  const closed = await start(t, { kept, token: "secret-secret-secret" });
  const { origin } = new URL(closed.view.url);
  t.like(await ask(`${origin}/api/save-frames`, { method: "POST" }), { status: 401 });
  const headers = { Authorization: "Bearer secret-secret-secret" };
  t.like(await ask(`${origin}/api/save-frames`, { method: "POST", headers }), { status: 200 });
});

test("a page resets pedestals that follow the frames, and asks in vain where there are none", async (t) => {
  let resets = 0;
  const { view } = await start(t, { resetPedestals: () => void resets++ });
  const page = await LivePage.open(t, view.url);
  t.like(await page.text(({ type }) => type === "hello"), { canResetPedestals: true });
  page.say({ type: "resetPedestals" });
  await until(() => resets === 1);

  const { view: other } = await start(t);
  const otherPage = await LivePage.open(t, other.url);
  t.like(await otherPage.text(({ type }) => type === "hello"), { canResetPedestals: false });
  otherPage.say({ type: "resetPedestals" });
  otherPage.say({ type: "image", image: "raw", after: null }); // it is still heard
  await otherPage.text(isReport);
  t.is(resets, 1);
});

test("pages are told what people should know of", async (t) => {
  const warnings = ["the darks are old"];
  const status = { state: "streaming", message: "streaming", counters: {}, warnings } as const;
  const { view } = await start(t, { status: () => status });
  const page = await LivePage.open(t, view.url);
  const report = await page.text((message) => isReport(message) && message.warnings.length > 0);
  t.like(report, { warnings });
});
