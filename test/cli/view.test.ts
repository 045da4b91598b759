import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Report, ServerMessage } from "../../src/viewer/protocol.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { ask } from "../helpers/http-requests.js";
import { LivePage } from "../helpers/live-pages.js";
import { readRawFile } from "../helpers/raw-reader.js";
import { until } from "../helpers/until.js";

const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [event_id, detector_data]
  detector_calibration: false
`;
const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";
const LIVE_VIEW = /Live view on (http:\S+)/;

const isReport = (message: ServerMessage): message is Report => message.type === "report";

/** A monitor that waits for its first frame, and the address of its view. */
async function waitingMonitor(t: ExecutionContext, yaml: string, ...args: string[]) {
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(path, yaml);
  const monitor = new Command(t, ["monitor", "-c", path, NOBODY, ...args]);
  const [, url = ""] = await monitor.logged(LIVE_VIEW);
  return { monitor, url };
}

test.serial(
  "spots are in the view with the value and at the place that the scene gave them, raw words too",
  async (t) => {
    const folder = await temporaryFolder(t);
    const simulator = new Command(t, [
      "simulate",
      "--json",
      "--wait",
      "--ports",
      "0,0",
      "--rate",
      "20",
      "--out",
      folder,
    ]);
    const { source, configuration } = JSON.parse(await simulator.line(/source/));
    const monitor = new Command(t, ["monitor", "-c", configuration, source, "--view", "0", "--json"]);
    const [, url = ""] = await monitor.logged(LIVE_VIEW);
    const page = await LivePage.open(t, url);
    page.say({ type: "image", image: "calibrated", after: null });
    const { header, data, status } = await page.image(() => true);
    t.like(header, {
      dtype: "float32",
      unit: "photons",
      shape: [1024, 1024],
      moduleBorders: [{ from: 512, to: 512 }],
    });
    const images = JSON.parse(await readFile(join(folder, "spots.json"), "utf8"));
    const spots = images[(Number(header.eventId) - 1) % images.length];
    t.true(spots.length > 5);
    for (const { row, column, photons, stage } of spots) {
      const value = data[row * 1024 + column] as number;
      t.true(
        Math.abs(value - photons) <= ([0.5, 0.75, 6][stage] ?? 0),
        `${value}, not ${photons} at ${row}, ${column}`,
      );
    }
    t.is(
      status.reduce((bad, reason) => bad + (reason === 0 ? 0 : 1), 0),
      32,
    );

    page.say({ type: "image", image: "raw", after: null });
    const raw = await page.image((one) => one.header.image === "raw");
    for (const { row, column, stage } of images[(Number(raw.header.eventId) - 1) % images.length]) {
      t.is(
        (raw.data[row * 1024 + column] as number) >> 14,
        [0, 1, 3][stage] as number,
        "the gain bits of the spot's stage",
      );
    }
    const report = await page.text((one): one is Report => isReport(one) && one.sample.eventsPerSecond > 5);
    t.is(report.sample.badPixels, 32);
    t.is(report.badPixels.noConstants, 32);
    t.true((report.adcHistograms?.stages ?? []).every((counts) => counts.some((count) => count > 0)));

    monitor.interrupt();
    t.is(await monitor.ended(), 0);
    t.deepEqual(await page.closed, [1001, "the monitor ends"]);
  },
);

test.serial("the token of a view that others reach is kept in its file, over a restart", async (t) => {
  const file = join(await temporaryFolder(t), "token");
  const args = ["--view", "0.0.0.0:0", "--view-token-file", file];
  const first = await waitingMonitor(t, RAW, ...args);
  const token = (await readFile(file, "utf8")).trim();
  t.regex(token, /^[\w-]{30,}$/);
  t.is((await stat(file)).mode & 0o777, 0o600);
  const { port, search } = new URL(first.url);
  t.is(search, "?token=TOKEN,", "the log is for more people than the file");
  t.regex(first.monitor.stderr, new RegExp(`where TOKEN is the content of '${file}'$`, "m"));
  t.false(first.monitor.stderr.includes(token));
  t.is((await fetch(`http://127.0.0.1:${port}/api/status`)).status, 401);
  t.is((await fetch(`http://127.0.0.1:${port}/api/status?token=${token}`)).status, 200);
  first.monitor.interrupt();
  t.is(await first.monitor.ended(), 0);
  const second = await waitingMonitor(t, RAW, ...args);
  const secondPort = new URL(second.url).port;
  t.is((await fetch(`http://127.0.0.1:${secondPort}/api/status?token=${token}`)).status, 200);
});

test.serial("a token file without a token is reported, with its remedy", async (t) => {
  const folder = await temporaryFolder(t);
  const [path, file] = [join(folder, "monitor.yaml"), join(folder, "token")];
  await writeFile(path, RAW);
  await writeFile(file, "12345\n");
  const args = ["monitor", "-c", path, NOBODY, "--view", "0.0.0.0:0", "--view-token-file"];
  const wrong = new Command(t, [...args, file]);
  t.is(await wrong.ended(), 2);
  t.regex(
    wrong.stderr,
    /error HOST_VIEW_TOKEN: Cannot take the live view's token from '.*token': it does not contain 16 or more letters/,
  );
  const missing = new Command(t, [...args, join(folder, "no", "token")]);
  t.is(await missing.ended(), 2);
  t.regex(missing.stderr, /error HOST_VIEW_TOKEN: .*ENOENT.* Name a file that is not there yet/);
});

test.serial("a page behind a reverse proxy is let in by its address, with a path or without", async (t) => {
  const args = [
    "--view-origin",
    "https://View.example:443/monitors/1/",
    "--view-origin",
    "http://daq01:8080",
  ];
  const { url } = await waitingMonitor(t, RAW, "--view", "0", ...args);
  for (const origin of ["https://view.example", "http://daq01:8080"])
    await LivePage.open(t, url, { origin, headers: { Host: new URL(origin).host } });
  t.is((await ask(url, { headers: { origin: "http://daq01" } })).status, 403);
});

test.serial("a second monitor has its view elsewhere, if nobody says where", async (t) => {
  const [one, other] = await Promise.all([
    waitingMonitor(t, RAW, "--view"),
    waitingMonitor(t, RAW, "--view"),
  ]);
  t.not(one.url, other.url);
  for (const { url } of [one, other]) {
    t.regex(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    await until(async () => (await (await fetch(`${url}api/status`)).text()).includes("127.0.0.1:9"));
  }
});

test.serial("an address that cannot be had ends the start", async (t) => {
  const { url } = await waitingMonitor(t, RAW, "--view");
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(path, RAW);
  const { port } = new URL(url);
  const second = new Command(t, ["monitor", "-c", path, NOBODY, "--view", port]);
  t.is(await second.ended(), 2);
  t.regex(
    second.stderr,
    new RegExp(`^error HOST_CANNOT_LISTEN: Cannot listen on http://127.0.0.1:${port}: `, "m"),
  );
});

test.serial("a monitor without frames says that its view has no image", async (t) => {
  const { monitor, url } = await waitingMonitor(t, RAW.replace(", detector_data", ""), "--view", "0");
  t.regex(
    monitor.stderr,
    /The live view has no image: required_data names no detector frame\. Add detector_data to it\./,
  );
  const page = await LivePage.open(t, url);
  const hello = await page.text(({ type }) => type === "hello");
  t.deepEqual(hello.type === "hello" && hello.images, []);
});

test.serial("the demo goes on for as long as a page is open, and ends well without one", async (t) => {
  const demo = new Command(t, ["demo", "--rate", "100", "--view", "0"]);
  const [, url = ""] = await demo.logged(LIVE_VIEW);
  const page = await LivePage.open(t, url);
  await page.text((one): one is Report => isReport(one) && (one.counters.delivered ?? 0) > 150);
  page.close();
  t.is(await demo.ended(), 0, demo.stderr);
  t.regex(demo.stdout.at(-1) ?? "", /^Bragg spots found /);
});

test.serial("a demo without a view has none", async (t) => {
  const demo = new Command(t, ["demo", "--rate", "50", "--no-view", "--frames", "5"]);
  t.is(await demo.ended(), 0, demo.stderr);
  t.notRegex(demo.stderr, LIVE_VIEW);
});

test.serial("the raw frames of the last events are saved as a recording", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "monitor.yaml");
  await writeFile(path, RAW);
  const detector = await DetectorUnderTest.bind(t);
  const kept = join(folder, "kept");
  const args = ["--view", "0", "--json", "--keep", "2", "--keep-folder", kept];
  const monitor = new Command(t, ["monitor", "-c", path, detector.source, ...args]);
  const [, url = ""] = await monitor.logged(LIVE_VIEW);
  await detector.subscribed();
  for (const frame of [1, 2, 3]) {
    await detector.send(frame);
    await monitor.line(new RegExp(`"event_id":"${frame}"`));
  }
  const { status, body } = await ask(`${url}api/save-frames`, { method: "POST" });
  t.is(status, 200, body);
  t.deepEqual(JSON.parse(body), { path: join(kept, "kept_master_0.json"), exposures: 2 });
  const frames = readRawFile(join(kept, "kept_d1_f0_0.raw"), 2 ** 20);
  t.deepEqual(
    frames.map(({ frameNumber }) => Number(frameNumber)),
    [2, 3],
  );
});

test("frames are kept for a view, in a folder that can be written to, and not without end", async (t) => {
  const wrong: [readonly string[], RegExp][] = [
    [["--keep", "3"], /'--keep' is for the live view: add --view/],
    [["--view", "0", "--keep-folder", "x"], /add --keep NUMBER/],
    [["--view", "0", "--keep", "100000"], /up to 4096/],
    [["--view", "0", "--keep", "3", "--keep-folder", "/proc/x"], /RECORDING_CANNOT_WRITE: .*--keep-folder/],
  ];
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(path, RAW);
  for (const [args, message] of wrong) {
    const command = new Command(t, ["monitor", "-c", path, NOBODY, ...args]);
    t.is(await command.ended(), 2, command.stderr);
    t.regex(command.stderr, message);
  }
});
