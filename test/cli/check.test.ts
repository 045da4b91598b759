import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { CheckReport } from "../../src/cli/check/report.js";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { Command } from "../helpers/command.js";
import { foldersWith, temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";
import { writtenRecording } from "../helpers/recordings.js";
import { Replay } from "../helpers/replay.js";

const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

const folderWithFiles = foldersWith((folder) =>
  writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, imageCount: 1 })),
);

/** The simulator's files, its configuration changed. */
async function files(t: ExecutionContext, change: (yaml: string) => string = (yaml) => yaml) {
  const folder = await folderWithFiles(t);
  const configuration = join(folder, "monitor.yaml");
  await writeFile(configuration, change(await readFile(configuration, "utf8")));
  return { folder, configuration };
}

/** Run a check, with a recording sent to it if there is one; then it watches until all has been sent. */
async function checked(t: ExecutionContext, args: readonly string[], replay?: Replay): Promise<Command> {
  const watch = replay === undefined ? [] : [replay.source, "--seconds", "1000"];
  const command = new Command(t, ["check", ...args, ...watch]);
  if (replay !== undefined) {
    await replay.send({ speed: 1 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    command.interrupt();
  }
  await command.ended();
  replay?.close();
  t.is(command.stderr, "");
  return command;
}

async function page(t: ExecutionContext, args: readonly string[], replay?: Replay) {
  const command = await checked(t, args, replay);
  for (const line of command.stdout) t.true(line.length <= 100, line);
  return { code: await command.ended(), text: command.stdout.join("\n") };
}

async function json(t: ExecutionContext, args: readonly string[], replay?: Replay) {
  const command = await checked(t, ["--json", ...args], replay);
  t.is(command.stdout.length, 1);
  const report: CheckReport = JSON.parse(command.stdout[0] as string);
  return { ...report, code: await command.ended() };
}

/** A text with every run of spaces made one, so that it does not matter where lines are broken. */
const flat = (text: string) => text.replaceAll(/\s+/g, " ");

test.serial("the simulator's files and streams: nothing unusual, and everything is shown", async (t) => {
  const folder = await temporaryFolder(t);
  const args = ["--json", "--wait", "--ports", "0,0", "--rate", "50", "--out", folder];
  const simulator = new Command(t, ["simulate", ...args]);
  const { source, configuration } = JSON.parse(await simulator.line(/source/));
  const { code, text } = await page(t, ["-c", configuration, source, "--seconds", "3"]);
  t.is(code, 0);
  t.regex(text, /^CHECK of monitor\.yaml, .* UTC/);
  t.regex(text, /^ {2}The monitor would start\.\n {2}Nothing unusual was found\./m);
  t.notRegex(text, /FAULTS|WARNINGS|[\d)]!/);
  t.regex(text, /data retrieval +Jungfrau1MZmqDataRetrieval\n.*monitor\.yaml:3: om\.data_retrieval_layer/);
  t.regex(text, /timestamp +float64 s\n/);
  t.regex(text, /detector_data +float32 \[1024, 1024\] photons\n +photon energy 12\.4 keV \(monitor\.yaml:9/);
  t.regex(text, /dark_filenames\[0\] = 'dark_m0\.h5'\n.*averages of int16 words with gain bits/);
  t.regex(text, /^ +0 +G0 +16 +0\.0031 +0 +0 +2499\.\d+ +1000\.\.6000 +4[01]\.\d+ +30\.\.52$/m);
  t.regex(text, /^ +1 +G2 +0 +0 +0 +0 +13999 +12000\.\.16000 +-0\.115 +-0\.145\.\.-0\.085$/m);
  t.regex(text, /state +streaming\n/);
  t.regex(text, /missed +0 \(0 %\)/);
  t.regex(text, /last detector_data +.* photons, 32 bad pixels, noConstants 32/);

  const report = await json(t, ["-c", configuration, source, "--seconds", "2"]);
  t.is(report.code, 0);
  t.like(report, { would_start: true, faults: [], warnings: [], unusual: [], configuration, source });
  t.like(report.stream, {
    state: "streaming",
    message: "streaming",
    problems: [],
    end_messages_only: false,
    shares: { incomplete: 0, unpaired: 0, missed: 0 },
  });
  t.true((report.stream?.events ?? 0) > 1 && (report.stream?.frame_rate_hz ?? 0) > 0);
  t.like(report.stream?.newest_event, { detector_data: { dtype: "float32", bad_pixels: 32 } });
  simulator.interrupt();
  t.is(await simulator.ended(), 0);
});

test.serial("without a source the files alone are checked, and JSON has the documented shape", async (t) => {
  const { folder, configuration } = await files(t);
  const report = await json(t, ["-c", configuration]);
  t.is(report.code, 0);
  t.deepEqual(Object.keys(report), [
    "would_start",
    "checked_at",
    "host",
    "version",
    "configuration",
    "source",
    "faults",
    "warnings",
    "unusual",
    "data_retrieval",
    "data",
    "stream",
    "code",
  ]);
  t.true(Number.isFinite(Date.parse(report.checked_at)));
  t.like(report, { source: null, stream: null });
  t.deepEqual(report.data_retrieval, {
    name: "Jungfrau1MZmqDataRetrieval",
    where: "monitor.yaml:3: om.data_retrieval_layer",
    plugin: { id: "om-jungfrau-zmq", version: report.version },
  });
  t.deepEqual(Object.keys(report.data ?? {}), ["timestamp", "event_id", "detector_data"]);
  const { returns, facts, files: named, tables } = report.data?.detector_data ?? {};
  t.deepEqual(returns, { dtype: "float32", shape: [1024, 1024], unit: "photons" });
  t.like(facts?.[0], { name: "photon_energy", value: 12.4, unit: "keV" });
  t.deepEqual(
    named?.map(({ path }) => path),
    ["dark_m0.h5", "dark_m1.h5", "gain_m0.bin", "gain_m1.bin"].map((name) => join(folder, name)),
  );
  t.is(tables?.length, 1);
  t.is(tables?.[0]?.rows.length, 6);
  for (const row of tables?.[0]?.rows ?? []) {
    t.deepEqual(
      Object.keys(row),
      tables?.[0]?.columns.map(({ name }) => name),
    );
    for (const [name, { value }] of Object.entries(row))
      t.is(typeof value, name === "stage" ? "string" : "number");
  }
  const { code, text } = await page(t, ["-c", configuration]);
  t.is(code, 0);
  t.regex(text, /source +none given: the stream was not checked/);
  t.notRegex(text, /^STREAM/m);
});

test.serial("maps of G1 and G2 that were exchanged are marked", async (t) => {
  const { folder, configuration } = await files(t);
  const path = join(folder, "gain_m1.bin");
  const bytes = await readFile(path);
  const third = bytes.length / 3;
  const maps = [0, 2, 1].map((stage) => bytes.subarray(stage * third, (stage + 1) * third));
  await writeFile(path, Buffer.concat(maps));
  const { code, text } = await page(t, ["-c", configuration]);
  t.is(code, 0);
  t.regex(text, /Look at: 2 warnings; 2 unusual values, marked with !/);
  t.regex(flat(text), /WARNINGS 1\. .*gain_m1\.bin': the magnitude of gains in G1 is about 0\.115/);
  t.regex(text, /^ +1 +G1 .* -0\.115! +-1\.8\.\.-1\.1$/m);
  t.regex(text, /^ +1 +G2 .* -1\.44\d*! +-0\.145\.\.-0\.085$/m);
  t.notRegex(text, /^ +0 +G\d .*!/m);
  const { unusual } = await json(t, ["-c", configuration]);
  t.deepEqual(
    unusual.map(({ data, name, row, usual }) => [data, name, row, usual]),
    [
      ["detector_data", "constants.mean_gain", 4, { min: -1.8, max: -1.1 }],
      ["detector_data", "constants.mean_gain", 5, { min: -0.145, max: -0.085 }],
    ],
  );
});

test.serial("with a dark file and a key missing, the page shows what is good, and the stream", async (t) => {
  const { folder, configuration } = await files(t, (yaml) =>
    yaml.replace("photon_energy_kev", "photon_enrgy_kev"),
  );
  await rm(join(folder, "dark_m1.h5"));
  const replay = await Replay.bind(writtenRecording("x", 2, "0:1 1:1 0:2 1:2 0:3 1:3", [1, 2, 3], {}));
  const { code, text } = await page(t, ["-c", configuration], replay);
  t.is(code, 1);
  t.regex(text, /The monitor would NOT start: 2 faults\./);
  t.regex(
    flat(text),
    /1\. CONFIGURATION_MISSING_KEY: monitor\.yaml:\d+: data_retrieval_layer\.detector_photon_energy_kev/,
  );
  t.regex(
    flat(text),
    /2\. CALIBRATION_FILE_NOT_READABLE: monitor\.yaml:7: data_retrieval_layer\.detector_dark_filenames\[1\]/,
  );
  t.regex(
    flat(text),
    /WARNINGS 1\. .*photon_enrgy_kev is not read by anything\. Did you mean 'detector_photon_energy_kev'\?/,
  );
  t.regex(text, /detector_data +unknown; the faults above may be the reason\n +photon energy unknown/);
  t.regex(text, /'dark_m1\.h5'\n +- NOT READ: see the faults/);
  t.regex(text, /^ +0 +G0 .* 2499\.\d+ .* 4[01]\.\d+ /m);
  t.regex(text, /^ +1 +G0 +524288 +100 +0 +0 +none .* 4[01]\.\d+ /m);
  t.regex(text, /^STREAM \(watched for .* s, without data: see the faults\)/m);
  t.regex(text, /; 3 events reached this check/);
});

test.serial("where keys are missing, what cannot be judged without them is not unusual", async (t) => {
  const { configuration } = await files(t, (yaml) => yaml.replace("gain_filenames", "gian_filenames"));
  const { faults, unusual, data } = await json(t, ["-c", configuration]);
  t.is(faults.length, 1);
  t.deepEqual(unusual, []);
  const [row] = data?.detector_data?.tables?.[0]?.rows ?? [];
  t.like(row, {
    without_constants_percent: { value: 100, usual: undefined },
    mean_pedestal: { usual: { min: 1000, max: 6000 } },
    mean_gain: { value: null, usual: undefined },
  });
  const { text } = await page(t, ["-c", configuration]);
  t.notRegex(text, /unusual|[\d)e]!/);
});

test.serial("with --strict, warnings and problems of the stream make the check fail", async (t) => {
  const { configuration } = await files(t);
  t.is((await json(t, ["-c", configuration, "--strict"])).code, 0);
  const deadPorts = await json(t, ["-c", configuration, NOBODY, "--seconds", "0.5", "--strict"]);
  t.like(deadPorts, { code: 1, would_start: true, warnings: [], faults: [] });
  const misspelt = await files(t, (yaml) => `${yaml}\n  dark_filename: [d.h5]\n`);
  t.is((await json(t, ["-c", misspelt.configuration])).code, 0);
  t.like(await json(t, ["-c", misspelt.configuration, "--strict"]), { code: 1, would_start: true });
});

test.serial("a detector that sends one module only", async (t) => {
  const { configuration } = await files(t);
  const replay = await Replay.bind(writtenRecording("x", 2, "0:1 0:2 0:3 0:4 0:5", [], {}));
  const { code, stream } = await json(t, ["-c", configuration], replay);
  t.is(code, 0);
  const [first, second] = replay.source.split(",");
  t.is(stream?.state, "waiting");
  t.deepEqual(stream?.problems, [`waiting for the first event: no data from ${second} yet`]);
  t.like(stream, { events: 0, frame_rate_hz: null, lag_seconds: null, newest_event: null });
  t.deepEqual(
    stream?.inputs.map(({ name, counters }) => [name, counters.messages]),
    [
      [first, 5],
      [second, 0],
    ],
  );
});

test.serial("one living port of two: half a detector is shown, and why it is half", async (t) => {
  const { configuration } = await files(t);
  const line = Array.from({ length: 45 }, (_, index) => `0:${index + 1}`).join(" ");
  const recording = writtenRecording("x", 2, line, [], {});
  // A port is called dead after five seconds.
  const messages = recording.messages.map((message) => ({ ...message, seconds: 7 * message.seconds }));
  const replays = [
    await Replay.bind({ ...recording, messages }),
    await Replay.bind({ ...recording, messages }),
  ];
  const [{ code, stream }, { text }] = await Promise.all([
    json(t, ["-c", configuration], replays[0]),
    page(t, ["-c", configuration], replays[1]),
  ]);
  t.is(code, 0);
  t.is(stream?.state, "one_module_only");
  t.is(stream?.problems.length, 1, stream?.problems.join("\n"));
  const [living, dead] = replays[0]?.source.split(",") ?? [];
  t.true(stream?.problems[0]?.startsWith(`one module only: no data from ${dead} yet`));
  t.regex(stream?.problems[0] ?? "", /rx_zmqstream 1.*rx_clearroi/);
  t.like(stream?.inputs[0], { name: living, counters: { messages: 45 } });
  t.true((stream?.events ?? 0) > 10, `${stream?.events}`);
  t.true((stream?.frame_rate_hz ?? 0) > 1, `${stream?.frame_rate_hz}`);
  t.like(stream?.newest_event, {
    detector_data: { incomplete: true, bad_pixels_by_reason: { missing: 524_288 } },
  });

  t.regex(flat(text), /! one module only: no data from \S+ yet\. Likely causes: its receiver does not run/);
  t.regex(flat(text), /[1-9]\d* events reached this check/);
  t.regex(text, /last detector_data .* missing 524288/);
});

test.serial("a detector that has ended says so, and losses are told", async (t) => {
  const { configuration } = await files(t, (yaml) =>
    yaml.replace("required_data:", "delivery: all\n  detector_calibration: off\n  required_data:"),
  );
  const watch = async (line: string) => {
    const replay = await Replay.bind(writtenRecording("x", 2, line, [], {}));
    return (await json(t, ["-c", configuration], replay)).stream;
  };
  const ended = await watch("0:E 1:E");
  t.true(ended?.end_messages_only);
  t.deepEqual(ended?.problems, [
    "only end messages arrived: the acquisition is over, and the next has not begun",
  ]);
  t.is(ended?.shares, null);

  // Frames enough that a process which is slow to start knows the streams before the odd ones come.
  const whole = Array.from({ length: 16 }, (_, index) => `0:${index + 1} 1:${index + 1}`).join(" ");
  const lossy = await watch(`${whole} 0:17~ 1:17 0:20 1:20 0:21x 1:21`);
  t.deepEqual(lossy?.shares, { incomplete: 1 / 38, unpaired: 0, missed: 4 / 42 });
  t.deepEqual(lossy?.problems, [
    "2.6 % of the module frames lost packets",
    "9.5 % of the frame numbers are missing: lost on the network, rx_zmqfreq above 1, or a queue of 2 that " +
      "slsDetectorGui left in the receivers (reset it with `sls_detector_put rx_zmqhwm -1`)",
    "invalid messages: 1",
  ]);
  t.is(lossy?.events, 18);

  const torn = await watch("0:1 1:101 0:2 1:102 0:3 1:103 0:4 1:104");
  t.deepEqual(torn?.problems.slice(1), ["8 of 8 module frames are still waiting for their other halves"]);
});

test.serial("nobody there is a problem of the stream, not a fault", async (t) => {
  const { configuration } = await files(t);
  const { code, text } = await page(t, ["-c", configuration, NOBODY, "--seconds", "0.5"]);
  t.is(code, 0);
  t.regex(text, /The monitor would start\.\n {2}Look at: 1 problem of the stream\./);
  t.regex(
    flat(text),
    /! waiting for the first frame: no data from tcp:\/\/127\.0\.0\.1:9 yet \(not connected: nothing listens on this port\)/,
  );
  t.regex(text, /tcp:\/\/127\.0\.0\.1:10: not connected: nothing listens on this port; messages 0/);
  t.regex(text, /frame rate +unknown/);
});

test.serial("a wrong source and a broken file are told together, and the rest is shown", async (t) => {
  const { folder, configuration } = await files(t);
  const path = join(folder, "gain_m0.bin");
  await writeFile(path, (await readFile(path)).subarray(0, 1000));
  const report = await json(t, ["-c", configuration, "tcp://a:1,b"]);
  t.is(report.code, 1);
  t.is(report.would_start, false);
  t.deepEqual(
    report.faults.map(({ code }) => code),
    ["STREAM_BAD_SOURCE", "CALIBRATION_SHAPE"],
  );
  t.is(report.stream, null);
  t.deepEqual(
    report.data?.detector_data?.files?.map(({ notes }) => notes.length > 0),
    [true, true, false, true],
  );
  const { text } = await page(t, ["-c", configuration, "tcp://a:1,b"]);
  t.regex(text, /^STREAM\n {2}It was not watched: correct the faults first\./m);
});

test.serial("hosts that nobody knows are faults beside the others, each once", async (t) => {
  const { configuration } = await files(t, (yaml) => yaml.replace("gain_m1", "gain_m7"));
  const source = "tcp://no.invalid:1,tcp://no.invalid:2,tcp://neither.invalid:3,tcp://127.0.0.1:4";
  const keys = ["--curve-server-key", "no.key", "--curve-key", "no.key_secret"];
  const { code, faults, stream } = await json(t, ["-c", configuration, source, ...keys]);
  t.is(code, 1);
  t.deepEqual(
    faults
      .map(({ code, message }) => `${code} ${/(?:tcp:\/\/.*?|no\.\w+|gain_m7\.bin)(?=')/.exec(message)?.[0]}`)
      .sort(),
    [
      "CALIBRATION_FILE_NOT_READABLE gain_m7.bin",
      "STREAM_KEY_FILE no.key",
      "STREAM_KEY_FILE no.key_secret",
      "STREAM_UNKNOWN_HOST tcp://neither.invalid:3",
      "STREAM_UNKNOWN_HOST tcp://no.invalid:1",
    ],
  );
  t.is(stream, null);
});

test.serial(
  "a configuration that cannot be read, or names nothing that is known, makes a page too",
  async (t) => {
    const missing = await json(t, ["-c", join(await temporaryFolder(t), "no.yaml")]);
    t.like(missing, { code: 1, would_start: false, data: null, data_retrieval: null });
    t.is(missing.faults[0]?.code, "CONFIGURATION_NOT_READABLE");
    const { configuration } = await files(t, (yaml) => yaml.replace("1MZmqDataR", "1MDataR"));
    const { code, text } = await page(t, ["-c", configuration]);
    t.is(code, 1);
    t.regex(flat(text), /1\. HOST_UNKNOWN_NAME: monitor\.yaml:3: .*Known names: Jungfrau1MZmqDataRetrieval/);
  },
);

test.serial("variables in the paths of manifests and keys are faults with their places", async (t) => {
  const { configuration } = await files(t, (yaml) =>
    yaml.replace(
      "data_retrieval_layer:\n",
      "data_retrieval_layer:\n  curve_server_key_file: $HOME/detector.key\n",
    ),
  );
  const places = (faults: CheckReport["faults"]) =>
    faults.map(({ code, message }) => `${code} ${message.split(" has the path ")[0]}`);
  const { faults } = await json(t, ["-c", configuration]);
  t.deepEqual(places(faults), [
    "CONFIGURATION_BAD_VALUE monitor.yaml:6: data_retrieval_layer.curve_server_key_file",
  ]);
  await writeFile(configuration, "om:\n  plugins: [$HOME/a.json, $HOME/b.json]\n");
  const ofPlugins = await json(t, ["-c", configuration]);
  t.deepEqual(places(ofPlugins.faults).slice(0, 2), [
    "CONFIGURATION_BAD_VALUE monitor.yaml:2: om.plugins",
    "CONFIGURATION_BAD_VALUE monitor.yaml:2: om.plugins",
  ]);
});

test.serial("long paths stay within the page, and whole", async (t) => {
  const { folder, configuration } = await files(t);
  const long = join(folder, "a".repeat(60), "b".repeat(60), "c".repeat(130));
  await mkdir(long, { recursive: true });
  await copyFile(configuration, join(long, "monitor.yaml"));
  const { code, text } = await page(t, ["-c", join(long, "monitor.yaml")]);
  t.is(code, 1);
  t.true(text.replaceAll(/\s+/g, "").includes(join(long, "dark_m0.h5")));
  await rename(join(long, "monitor.yaml"), join(long, `${"d".repeat(150)}.yaml`));
  t.is((await page(t, ["-c", join(long, `${"d".repeat(150)}.yaml`)])).code, 1);
});

test.serial("Ctrl-C ends the watch early, with the page", async (t) => {
  const { configuration } = await files(t);
  const command = new Command(t, ["check", "-v", "-c", configuration, NOBODY, "--seconds", "1000"]);
  while (!command.stderr.includes("Waiting for the first frame"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  command.interrupt();
  t.is(await command.ended(), 0);
  t.regex(command.stdout.join("\n"), /^STREAM/m);
});

for (const [what, args, message] of [
  ["seconds without a source", ["--seconds", "3"], /'--seconds' is for streams: add their source/],
  ["seconds that are no number", ["x", "--seconds", "long"], /Write a number, 0\.001 or more/],
] as const) {
  test.serial(`${what} are wrong usage`, async (t) => {
    const command = new Command(t, ["check", ...args]);
    t.is(await command.ended(), 2);
    t.regex(command.stderr, message);
    t.deepEqual(command.stdout, []);
  });
}

test.serial("om-jungfrau check --help tells the exit codes", async (t) => {
  const command = new Command(t, ["check", "--help"]);
  t.is(await command.ended(), 0);
  t.regex(
    command.stdout.join("\n"),
    /Usage: om-jungfrau check[\s\S]*Exit codes: 0 a monitor would start; 1 it would not/,
  );
});

test.serial("every key of the JSON is documented", async (t) => {
  const { configuration } = await files(t);
  const report = await json(t, ["-c", configuration, NOBODY, "--seconds", "0.1"]);
  const text = await readFile(inPackage("docs", "check.md"), "utf8");
  const { code: _, data, stream, ...rest } = report;
  const [table] = data?.detector_data?.tables ?? [];
  const keys = [rest, stream, data?.detector_data, table, table?.columns[0], stream?.inputs[0]].flatMap(
    (one) => Object.keys(one ?? {}),
  );
  t.true(keys.length > 30);
  t.deepEqual(
    keys.filter((key) => !text.includes(`\`${key}\``)),
    [],
  );
});
