import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { FIELD_RECORDINGS, fieldRecording } from "../helpers/field-recordings.js";
import { ANY_PORT } from "../helpers/ports.js";
import { readRawFile } from "../helpers/raw-reader.js";
import { until } from "../helpers/until.js";

const IMAGE_BYTES = 2 ** 20;
const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

/** A simulated detector that waits for whoever is asked to watch it. */
async function simulator(t: ExecutionContext, folder: string, ...options: string[]): Promise<string> {
  const simulate = ["simulate", "--json", "--wait", "--ports", "0,0", "--out", folder, ...options];
  return JSON.parse(await new Command(t, simulate).line(/source/)).source;
}

async function player(t: ExecutionContext, file: string, ...options: string[]): Promise<string> {
  const replay = ["replay", file, "--json", "--wait", "--ports", "0,0", ...options];
  return JSON.parse(await new Command(t, replay).line(/source/)).source;
}

/** A raw configuration that delivers everything. */
async function configuration(folder: string): Promise<string> {
  const path = join(folder, "raw.yaml");
  await writeFile(
    path,
    "om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}\n" +
      "data_retrieval_layer: {required_data: [timestamp, event_id, detector_data], detector_calibration: false, delivery: all}\n",
  );
  return path;
}

/** SHA-256 of the raw frames that a monitor delivers, by event. */
async function monitored(t: ExecutionContext, source: string, frames: number): Promise<string[]> {
  const folder = await temporaryFolder(t);
  const monitor = new Command(t, [
    ...["monitor", "-c", await configuration(folder), source],
    ...["-n", String(frames), "--npy", join(folder, "npy"), "--json"],
  ]);
  t.is(await monitor.ended(), 0, monitor.stderr);
  const names = (await readdir(join(folder, "npy"))).sort(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
  );
  return Promise.all(
    names.map(async (name) => {
      const hash = createHash("sha256").update(await readFile(join(folder, "npy", name)));
      return `${name} ${hash.digest("hex")}`;
    }),
  );
}

const numbersIn = (path: string) =>
  readRawFile(path, IMAGE_BYTES).map(({ frameNumber }) => Number(frameNumber));

/** The summary that `--json` prints. */
const summaryOf = (command: Command) => JSON.parse(command.stdout.at(-1) ?? "").summary;

test.serial(
  "simulator → record → replay → monitor gives bit for bit what simulator → monitor gives",
  async (t) => {
    const folder = await temporaryFolder(t);
    const options = ["--rate", "20", "-n", "12", "--seed", "5", "--jsonpara", "sample=lyso"];
    const live = await monitored(t, await simulator(t, join(folder, "one"), ...options), 12);
    t.is(live.length, 12);
    const out = join(folder, "recording");
    const record = new Command(t, [
      ...["record", await simulator(t, join(folder, "two"), ...options), "--out", out, "-n", "12", "--json"],
    ]);
    t.is(await record.ended(), 0, record.stderr);
    t.like(summaryOf(record), { masters: [join(out, "run_master_0.json")], malformed: 0 });
    const master = join(out, "run_master_0.json");
    t.deepEqual(await monitored(t, await player(t, master, "--rate", "20"), 12), live, "through replay");
    t.deepEqual(await monitored(t, master, 12), live, "from the files");
  },
);

test.serial("a replay that is recorded gives the same files", async (t) => {
  const folder = await temporaryFolder(t);
  const detector = await DetectorUnderTest.bind(t);
  const out = join(folder, "first");
  const record = new Command(t, [
    "record",
    detector.source,
    "--out",
    out,
    "-n",
    "4",
    "--name",
    "night",
    "--json",
  ]);
  await detector.subscribed();
  await detector.send(5, { ticks: 10n });
  await detector.send(6, { ticks: 20n, incompletePort: 1 });
  await detector.send(8, { ticks: 40n, daqInfo: 0x3001 });
  await detector.send(9, { ticks: 50n });
  t.is(await record.ended(), 0, record.stderr);
  t.deepEqual(
    summaryOf(record).ports.map(({ frames, incomplete, missing }: Record<string, number>) => ({
      frames,
      incomplete,
      missing,
    })),
    [
      { frames: 4, incomplete: 0, missing: 1 },
      { frames: 4, incomplete: 1, missing: 1 },
    ],
  );
  const again = join(folder, "second");
  const source = await player(t, join(out, "night_master_0.json"));
  const second = new Command(t, ["record", source, "--out", again, "-n", "4", "--name", "night", "--json"]);
  t.is(await second.ended(), 0, second.stderr);
  for (const port of [0, 1]) {
    const name = `night_d${port}_f0_0.raw`;
    t.is(Buffer.compare(await readFile(join(again, name)), await readFile(join(out, name))), 0, name);
  }
  const [, incomplete] = readRawFile(join(out, "night_d1_f0_0.raw"), IMAGE_BYTES);
  t.like(incomplete, { packetsCaught: 127, frameNumber: 6n });
});

for (const name of FIELD_RECORDINGS) {
  test.serial(
    `a replay of a real receiver's ${name} is recorded as the receiver wrote it, byte by byte`,
    async (t) => {
      const folder = await fieldRecording(t, name);
      const files = (await readdir(folder)).filter((file) => file.endsWith(".raw"));
      const frames = name === "v920" ? "4" : "3";
      const replay = ["replay", join(folder, "run_master_0.json"), "--json", "--wait", "--rate", "20"];
      const command = new Command(t, [...replay, "--ports", files.map(() => "0").join(",")]);
      const { source } = JSON.parse(await command.line(/source/));
      const out = join(folder, "again");
      const record = new Command(t, ["record", source, "--out", out, "-n", frames, "--json"]);
      t.is(await record.ended(), 0, record.stderr);
      t.true(files.length >= 2);
      for (const file of files)
        t.is(Buffer.compare(await readFile(join(out, file)), await readFile(join(folder, file))), 0, file);
    },
  );
}

test.serial("a recorder that is killed leaves files that are read", async (t) => {
  const folder = await temporaryFolder(t);
  const source = await simulator(t, join(folder, "detector"), "--rate", "50");
  const out = join(folder, "recording");
  const record = new Command(t, ["record", source, "--out", out, "--json"]);
  await until(async () => {
    const size = await stat(join(out, "run_d1_f0_0.raw")).then(
      (file) => file.size,
      () => 0,
    );
    return size > 40 * IMAGE_BYTES;
  });
  await record.kill();
  // The last frame may have been cut: a reader leaves it out.
  const sizes = await Promise.all(
    [0, 1].map(async (port) => (await stat(join(out, `run_d${port}_f0_0.raw`))).size),
  );
  const whole = Math.min(...sizes.map((size) => Math.floor(size / (IMAGE_BYTES + 112))));
  const master = JSON.parse(await readFile(join(out, "run_master_0.json"), "utf8"));
  t.true(master["Frames in File"] > 0 && master["Frames in File"] <= whole, JSON.stringify(master));
  t.is((await monitored(t, join(out, "run_master_0.json"), whole)).length, whole);
});

test.serial("Ctrl-C ends a recording with what came, and a summary for people", async (t) => {
  const folder = await temporaryFolder(t);
  const detector = await DetectorUnderTest.bind(t);
  const record = new Command(t, ["record", detector.source, "--out", join(folder, "a", "b")]);
  await detector.subscribed();
  for (const frame of [1, 2, 3]) await detector.send(frame);
  await until(async () => {
    const file = await stat(join(folder, "a", "b", "run_d1_f0_0.raw")).catch(() => undefined);
    return file?.size === 3 * (IMAGE_BYTES + 112);
  });
  record.interrupt();
  t.is(await record.ended(), 0, record.stderr);
  t.deepEqual(record.stdout.slice(-3), [
    `Recorded 0.01 GiB in ${join(folder, "a", "b", "run_master_0.json")}`,
    "port 0: 3 frames",
    "port 1: 3 frames",
  ]);
  t.deepEqual(numbersIn(join(folder, "a", "b", "run_d0_f0_0.raw")), [1, 2, 3]);
});

test.serial("a recording ends by its seconds and by its size", async (t) => {
  const folder = await temporaryFolder(t);
  const source = await simulator(t, join(folder, "detector"), "--rate", "50");
  const timed = new Command(t, [
    "record",
    source,
    "--out",
    join(folder, "timed"),
    "--seconds",
    "0.5",
    "--json",
  ]);
  t.is(await timed.ended(), 0, timed.stderr);
  const [{ frames }] = summaryOf(timed).ports;
  t.true(frames > 0 && frames < 50, `${frames} frames in half a second`);
  const sized = new Command(t, [
    "record",
    source,
    "--out",
    join(folder, "timed"),
    "--max-gib",
    "0.01",
    "--json",
  ]);
  t.is(await sized.ended(), 0, sized.stderr);
  t.is(summaryOf(sized).bytes, 10 * (IMAGE_BYTES + 112));
  t.deepEqual(summaryOf(sized).masters, [join(folder, "timed", "run_master_1.json")]);
});

test.serial("a receiver that pairs is recorded, too", async (t) => {
  const folder = await temporaryFolder(t);
  const detector = await DetectorUnderTest.bind(t);
  const receiver = new Command(t, ["receive", ...detector.urls, ANY_PORT, "--delivery", "all"]);
  const [, url = ""] = await receiver.logged(/^Monitors pull events from (\S+)$/m);
  const record = new Command(t, ["record", `pairs+${url}`, "--out", folder, "-n", "2", "--json"]);
  await receiver.logged(/^A monitor has connected/m);
  await detector.subscribed();
  let hasEnded = false;
  const exitCode = record.ended().finally(() => {
    hasEnded = true;
  });
  // On a busy machine the receiver may read the first frames in a burst, which it cannot pair.
  for (let frame = 1; !hasEnded; frame++) {
    await detector.send(frame, { ticks: BigInt(frame), daqInfo: 1 });
    await delay(20);
  }
  t.is(await exitCode, 0, record.stderr);
  const [first] = readRawFile(join(folder, "run_d1_f0_0.raw"), IMAGE_BYTES);
  t.like(first, { debug: 1, row: 1, packetsCaught: 128 });
  t.is(first?.timestamp, first?.frameNumber);
});

test.serial("without a frame nothing is written, and the exit code says so", async (t) => {
  const folder = await temporaryFolder(t);
  const record = new Command(t, ["record", NOBODY, "--out", folder]);
  await record.logged(/^Waiting for the first frame/m);
  await delay(100);
  record.interrupt();
  t.is(await record.ended(), 1, record.stderr);
  t.regex(record.stderr, /^error: No frame arrived, and nothing was written\.$/m);
  t.deepEqual(await readdir(folder), []);
});

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["no source", ["record", "--out", "x"], /missing required argument 'source'/],
  ["no folder", ["record", NOBODY], /required option '--out <folder>' not specified/],
  [
    "one file of a recording",
    ["record", "run_master_0.json", "--out", "x"],
    /STREAM_BAD_SOURCE: 'run_master_0.json' names files/,
  ],
  [
    "three ports",
    ["record", `${NOBODY},tcp://127.0.0.1:11`, "--out", "x"],
    /STREAM_BAD_SOURCE: .* names 3 streams/,
  ],
  [
    "a folder that cannot be made",
    ["record", NOBODY, "--out", "/proc/x"],
    /RECORDING_CANNOT_WRITE: .*\/proc\/x.* --out/,
  ],
  [
    "a folder that is a file",
    ["record", NOBODY, "--out", "/dev/null"],
    /RECORDING_CANNOT_WRITE: .*\/dev\/null/,
  ],
  [
    "a name with a folder in it",
    ["record", NOBODY, "--out", "x", "--name", "a/b"],
    /Name the folder with --out/,
  ],
  ["no frames", ["record", NOBODY, "--out", "x", "-n", "0"], /whole number, 1 or more/],
  ["a recording that is not there", ["replay", "nowhere.json"], /RECORDING_NOT_READABLE: .*nowhere\.json/],
  ["a stream to replay", ["replay", "tcp://127.0.0.1:9"], /RECORDING_NOT_READABLE/],
  ["another release", ["replay", "x.json", "--release", "8.0"], /Allowed choices are 3\.1, 4\.0/],
  ["ports that there are not", ["replay", "x.json", "--ports", "70000,1"], /ports from 0 to 65535/],
];

for (const [what, args, message] of WRONG) {
  test(`wrong usage: ${what}`, async (t) => {
    const command = new Command(t, args, { cwd: await temporaryFolder(t) });
    t.is(await command.ended(), 2, command.stderr);
    t.regex(command.stderr, message);
  });
}

test.serial("replay needs as many ports as the recording has, and ends with its frames", async (t) => {
  const folder = await temporaryFolder(t);
  const detector = await DetectorUnderTest.bind(t);
  const record = new Command(t, ["record", detector.source, "--out", folder, "-n", "1", "--json"]);
  await detector.subscribed();
  await detector.send(1);
  t.is(await record.ended(), 0, record.stderr);
  const master = join(folder, "run_master_0.json");
  const wrong = new Command(t, ["replay", master, "--ports", "0,0,0,0"]);
  t.is(await wrong.ended(), 2);
  t.regex(wrong.stderr, /The recordings have 2 ports, and --ports names 4\. Name 2, with commas\.$/m);
  const right = new Command(t, ["replay", master, "--ports", "0,0"]);
  t.is(await right.ended(), 0, right.stderr);
  t.regex(
    right.stdout[0] ?? "",
    /^npx om-jungfrau monitor -c 'monitor\.yaml' tcp:\/\/127\.0\.0\.1:\d+,tcp:\/\/127\.0\.0\.1:\d+$/,
  );
  t.regex(right.stderr, /^Ended after 1 exposures$/m);
  await mkdir(join(folder, "empty"));
  const none = new Command(t, ["replay", join(folder, "empty"), "--ports", "0,0"]);
  t.is(await none.ended(), 2);
});
