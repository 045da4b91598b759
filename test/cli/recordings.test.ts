import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { LivePage } from "../helpers/live-pages.js";
import { ANY_PORT } from "../helpers/ports.js";
import { type WrittenFrame, wordOf, writeRun } from "../helpers/raw-recordings.js";

const LIVE = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";
const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data, bunch]
  data_sources: {bunch: HeaderEntryJungfrau1MZmq}
  bunch_entry: bunchId
  detector_calibration: false
`;

/** A folder with two runs, of frames 41 to 45 and 7 to 8, the last without its lower module, and a configuration. */
async function twoRuns(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const configuration = join(folder, "monitor.yaml");
  await writeFile(configuration, RAW);
  const count = (from: number, to: number): WrittenFrame[] =>
    Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index, bunch: 1000 + index }));
  const first = await writeRun(folder, { run: 1, frames: () => count(41, 45) });
  const second = await writeRun(folder, { run: 2, frames: (port) => count(7, 8 - port), master: "8.0" });
  return { folder, configuration, first, second };
}

test.serial("monitor plays recordings to their end, and sums up", async (t) => {
  const { configuration, first, second } = await twoRuns(t);
  const monitor = new Command(t, ["monitor", "-c", configuration, first, second, "--json"]);
  t.is(await monitor.ended(), 0, monitor.stderr);
  const lines = monitor.stdout.map((line) => JSON.parse(line));
  t.deepEqual(
    lines
      .slice(0, -1)
      .map(({ event_id, bunch, detector_data }) => [event_id, bunch, detector_data.incomplete]),
    [
      ["41", 1000, false],
      ["42", 1001, false],
      ["43", 1002, false],
      ["44", 1003, false],
      ["45", 1004, false],
      ["7", 1000, false],
      ["8", 1001, true],
    ],
  );
  t.is(lines[0].detector_data.max, wordOf(41, 1));
  t.is(lines[6].detector_data.bad_pixels_by_reason.missing, 512 * 1024);
  t.like(lines.at(-1), {
    summary: {
      paired: 6,
      partial: 1,
      partial_frames: 1,
      delivered: 7,
      skipped: 0,
      abandoned: 0,
      end_messages: 2,
      missed: 1,
    },
  });
  t.regex(monitor.stderr, /run_d1_f0_2\.raw' and its parts hold 1 frames of 2/);
});

test.serial("a status line says how far a recording is, and nothing of a lag", async (t) => {
  const { configuration, first } = await twoRuns(t);
  const options = ["--rate", "4", "--first", "42", "--last", "44"];
  const monitor = new Command(t, ["monitor", "-c", configuration, first, ...options]);
  t.is(await monitor.ended(), 0, monitor.stderr);
  t.regex(monitor.stdout[0] ?? "", /events\/s \| event 4\d \| \[#*\.*\] \d+ % of 3(?:, \d+ s left)? \| mean/);
  t.notRegex(monitor.stdout.join("\n"), /lag/);
  t.is(monitor.stdout.at(-1), "Ended after 3 events. module_frames 6 paired 3 delivered 3 end_messages 1");
});

test.serial(
  "monitor ends at Ctrl-C in the midst of a recording that is played again and again",
  async (t) => {
    const { configuration, first } = await twoRuns(t);
    const monitor = new Command(t, [
      "monitor",
      "-c",
      configuration,
      first,
      "--json",
      "--loop",
      "--every",
      "2",
    ]);
    for (const id of ["41", "43", "45"]) await monitor.line(new RegExp(`"event_id":"${id}"`));
    await monitor.nextLine((line) => line.includes('"event_id":"41"'));
    monitor.interrupt();
    t.is(await monitor.ended(), 0, monitor.stderr);
    t.regex(monitor.stdout.at(-1) ?? "", /"summary"/);
  },
);

test.serial(
  "a monitor with a view waits at the end of a recording, and goes where a page sends it",
  async (t) => {
    const { configuration, first } = await twoRuns(t);
    const args = ["monitor", "-c", configuration, first, "--rate", "max", "--json", "--view", "0"];
    const monitor = new Command(t, args);
    const [, url = ""] = await monitor.logged(/Live view on (http:\S+)/);
    await monitor.logged(/Played to the end\. The playback is paused until Ctrl-C/);
    const page = await LivePage.open(t, url);
    await page.text((one) => one.type === "playback" && one.isPaused && one.position === 4);
    page.say({ type: "image", image: "raw", after: null });
    const last = await page.image(() => true);
    t.is(last.header.eventId, "45", "who opens a page now sees the last exposure");
    page.say({ type: "playback", command: { action: "step", exposures: -3 } });
    page.say({ type: "image", image: "raw", after: last.header.sequence });
    const { header, data } = await page.image((one) => one !== last);
    t.deepEqual([header.eventId, data[0]], ["42", wordOf(42, 0)]);
    await page.text((one) => one.type === "report" && /^paused: .*run_master_1\.json$/.test(one.message));
    monitor.interrupt();
    t.is(await monitor.ended(), 0, monitor.stderr);
    const ids = monitor.stdout.slice(0, -1).map((line) => JSON.parse(line).event_id);
    t.deepEqual(ids, ["41", "42", "43", "44", "45", "42"]);
    t.like(JSON.parse(monitor.stdout.at(-1) ?? ""), {
      summary: { delivered: 6, missed: 0, end_messages: 1 },
    });
  },
);

test.serial("check looks through a recording", async (t) => {
  const { configuration, first, second } = await twoRuns(t);
  const check = new Command(t, ["check", "-c", configuration, first, second, "--json"]);
  t.is(await check.ended(), 0, check.stderr);
  const { would_start, warnings, stream } = JSON.parse(check.stdout[0] ?? "");
  t.true(would_start);
  t.regex(warnings.join(), /hold 1 frames of 2/);
  t.like(stream, { events: 7, lag_seconds: null, progress: { done: 7, total: 7, pass: 1 } });
  t.regex(stream.problems.join(), /1 of 7 events lack a module/);
  const page = new Command(t, ["check", "-c", configuration, first]);
  t.is(await page.ended(), 0, page.stderr);
  t.regex(page.stdout.join("\n"), /run_master_1\.json: 5 of 5 exposures\s+played/);
  const missing = new Command(t, ["check", "-c", configuration, "nothing.raw", "--json"]);
  t.is(await missing.ended(), 1);
  t.like(JSON.parse(missing.stdout[0] ?? "").faults[0], { code: "RECORDING_NOT_READABLE" });
});

test.serial("dark makes pedestals of three recordings", async (t) => {
  const folder = await temporaryFolder(t);
  const adc = [2500, 13_500, 14_000];
  const codes = [0, 1, 3];
  const paths = [];
  for (const [stage, code] of codes.entries()) {
    const frames = Array.from({ length: 12 }, (_, index) => ({
      number: index + 1,
      word: (code << 14) | ((adc[stage] as number) + (index % 2)),
    }));
    paths.push(await writeRun(folder, { run: stage, frames: () => frames }));
  }
  const out = join(folder, "darks");
  const dark = new Command(t, ["dark", ...paths, "--out", out, "--frames", "10", "--skip", "2", "--json"]);
  t.is(await dark.ended(), 0, dark.stderr);
  const report = JSON.parse(dark.stdout.at(-1) ?? "");
  t.deepEqual(
    report.modules.map(({ stage, module, frames, mean }: Record<string, number>) => [
      stage,
      module,
      frames,
      mean,
    ]),
    [0, 1].flatMap((module) =>
      ["g0", "g1", "g2"].map((stage, index) => [stage, module, 10, (adc[index] as number) + 0.5]),
    ),
  );
  t.true(existsSync(join(out, "pedestal.h5")));
  t.notRegex(dark.stderr, /Set the detector/);
});

test.serial("receive hands a recording's events to a monitor", async (t) => {
  const { configuration, first, second } = await twoRuns(t);
  const receiver = new Command(t, ["receive", first, second, ANY_PORT, "--json"]);
  const [, url] = await receiver.logged(/^Monitors pull events from (\S+)$/m);
  const monitor = new Command(t, ["monitor", "-c", configuration, url as string, "--json", "-n", "7"]);
  t.is(await monitor.ended(), 0, monitor.stderr);
  const lines = monitor.stdout.slice(0, 7).map((line) => JSON.parse(line));
  t.deepEqual(
    lines.map(({ event_id, timestamp }) => [event_id, Math.floor(timestamp)]),
    ["41", "42", "43", "44", "45", "7", "8"].map((id) => [
      id,
      new Date("2026-11-26T18:55:34").getTime() / 1000,
    ]),
  );
  t.is(await receiver.ended(), 0, receiver.stderr);
  t.like(JSON.parse(receiver.stdout[0] ?? ""), { summary: { sent: 7, unsent: 0, partial: 1 } });
});

test.serial("show prints one event, and writes it", async (t) => {
  const { folder, configuration, first, second } = await twoRuns(t);
  const out = join(folder, "frames");
  const text = new Command(t, ["show", second, "8", "--npy", out]);
  t.is(await text.ended(), 0, text.stderr);
  t.regex(
    text.stdout.join("\n"),
    /^event_id +8\n.*uint16 \[1024, 1024\] raw, incomplete\n.*\n +524288 bad pixels: missing 524288$/m,
  );
  const npy = await readFile(join(out, "8.npy"));
  t.is(npy.readUInt16LE(npy.length - 2), 0xffff);
  t.is(npy.readUInt16LE(npy.length - 2 * 1024 * 1024), wordOf(8, 0));
  await writeFile(configuration, `${RAW}  playback: {first: 1000}\n`);
  const json = new Command(t, ["show", first, "43", "-c", configuration, "--json"]);
  t.is(await json.ended(), 0, json.stderr);
  t.like(JSON.parse(json.stdout[0] ?? ""), { event_id: "43", bunch: 1002 });
});

const wrong: [string, (files: Awaited<ReturnType<typeof twoRuns>>) => string[], RegExp][] = [
  [
    "monitor with --rate on a stream",
    ({ configuration }) => ["monitor", "-c", configuration, LIVE, "--rate", "max"],
    /--rate: only recordings are played/,
  ],
  [
    "check with --first on a stream",
    ({ configuration }) => ["check", "-c", configuration, LIVE, "--first", "3"],
    /^$/,
  ],
  [
    "dark with --loop on a stream",
    ({ folder }) => ["dark", LIVE, "--out", folder, "--loop"],
    /--loop: only recordings/,
  ],
  [
    "receive with --every on a stream",
    () => ["receive", ...LIVE.split(","), "--every", "2"],
    /--every: only recordings/,
  ],
  [
    "a recording and a stream",
    ({ configuration, first }) => ["monitor", "-c", configuration, first, LIVE],
    /is not an address/,
  ],
  [
    "an event that is not there",
    ({ first }) => ["show", first, "46"],
    /There is no event 46: .* holds 41 to 45/,
  ],
  ["an event of a stream", () => ["show", LIVE, "46"], /HOST_NO_SINGLE_EVENTS/],
  [
    "a rate of nothing",
    ({ configuration, first }) => ["monitor", "-c", configuration, first, "--rate", "0"],
    /exposures per second/,
  ],
];
for (const [name, args, message] of wrong) {
  test.serial(`refuses ${name}`, async (t) => {
    const command = new Command(t, args(await twoRuns(t)));
    t.is(await command.ended(), name.startsWith("check") ? 1 : 2, command.stderr);
    t.regex(command.stderr, message);
    if (name.startsWith("check")) t.regex(command.stdout.join("\n"), /--first: only recordings are played/);
  });
}
