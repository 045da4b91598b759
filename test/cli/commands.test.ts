import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { writtenRecording } from "../helpers/recordings.js";
import { Replay } from "../helpers/replay.js";

const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data]
  detector_calibration: false
  delivery: all
`;
const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

async function configuration(t: ExecutionContext, text = RAW): Promise<string> {
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(path, text);
  return path;
}

test.serial("a monitor on the simulated detector finds the photons where the scene put them", async (t) => {
  const folder = await temporaryFolder(t);
  const simulator = new Command(t, [
    "simulate",
    "--json",
    "--wait",
    "--ports",
    "0,0",
    "--rate",
    "50",
    "--out",
    folder,
  ]);
  const { source, configuration: path } = JSON.parse(await simulator.line(/source/));
  const npy = join(folder, "frames");
  const monitor = new Command(t, ["monitor", "-c", path, source, "--frames", "8", "--json", "--npy", npy]);
  t.is(await monitor.ended(), 0, monitor.stderr);
  simulator.interrupt();
  t.is(await simulator.ended(), 0, simulator.stderr);

  const lines = monitor.stdout.map((line) => JSON.parse(line));
  t.is(lines.length, 9);
  for (const event of lines.slice(0, 8)) {
    t.deepEqual(Object.keys(event), ["timestamp", "event_id", "detector_data"]);
    t.true(Math.abs(event.timestamp - Date.now() / 1000) < 60);
    const { dtype, shape, unit, min, max, mean, bad_pixels, bad_pixels_by_reason, incomplete } =
      event.detector_data;
    t.like(
      { dtype, unit, incomplete, bad_pixels },
      { dtype: "float32", unit: "photons", incomplete: false, bad_pixels: 32 },
    );
    t.deepEqual(shape, [1024, 1024]);
    t.is(bad_pixels_by_reason.noConstants, 32);
    t.true(min > -2 && max > 20 && mean > 0.05 && mean < 0.5);
  }
  const { summary } = lines[8];
  t.is(summary.delivered, 8);
  t.is(summary.paired, summary.delivered + summary.skipped + summary.dropped + summary.abandoned);

  const images = JSON.parse(await readFile(join(folder, "spots.json"), "utf8"));
  const stages = new Set<number>();
  for (const name of await readdir(npy)) {
    const frame = await readFile(join(npy, name));
    for (const { row, column, photons, stage } of images[(Number.parseInt(name, 10) - 1) % images.length]) {
      const value = frame.readFloatLE(128 + 4 * (row * 1024 + column));
      t.true(
        Math.abs(value - photons) <= ([0.5, 0.75, 6][stage] ?? 0),
        `${name}: ${value}, not ${photons} at ${row}, ${column}`,
      );
      stages.add(stage);
    }
  }
  t.deepEqual([...stages].sort(), [0, 1, 2]);
});

test.serial("a monitor serves its counters and its health", async (t) => {
  const folder = await temporaryFolder(t);
  const args = ["--json", "--wait", "--ports", "0,0", "--rate", "50", "--out", folder];
  const simulator = new Command(t, ["simulate", ...args]);
  const { source, configuration: path } = JSON.parse(await simulator.line(/source/));
  const monitor = new Command(t, ["monitor", "-c", path, source, "--metrics", "127.0.0.1:0", "--json"]);
  await monitor.line(/"event_id":"(?:[5-9]|\d\d+)"/); // those before may be skipped
  const [, url] = /^Metrics on (http:\S+)\/metrics, health on \1\/healthz$/m.exec(monitor.stderr) ?? [];

  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  t.true(value("om_jungfrau_module_frames_total") >= 10);
  t.true(value("om_jungfrau_delivered_total") >= 1);
  t.is(value("om_jungfrau_malformed_total"), 0);
  t.is(value("om_jungfrau_wrong_constants_total"), 0);
  t.true(value("om_jungfrau_latency_seconds_count") >= 1);
  t.true(value("om_jungfrau_newest_event_lag_seconds") < 60);
  t.true(value("om_jungfrau_events_per_second") > 0);
  t.is(value('om_jungfrau_state\\{state="streaming"\\}'), 1);
  t.true(value("process_resident_memory_bytes") > 0);
  const health = await fetch(`${url}/healthz`);
  t.is(health.status, 200);
  t.deepEqual(await health.json(), { state: "streaming", message: "streaming" });

  const { port } = new URL(url ?? "");
  const second = new Command(t, ["monitor", "-c", path, source, "--metrics", port]);
  t.is(await second.ended(), 2);
  t.regex(
    second.stderr,
    new RegExp(`^error HOST_CANNOT_LISTEN: Cannot listen on http://127.0.0.1:${port}: the port is in use`),
  );
  // fetch keeps its connection open; the monitor ends all the same.
  monitor.interrupt();
  t.is(await monitor.ended(), 0, monitor.stderr);
  simulator.interrupt();
  t.is(await simulator.ended(), 0, simulator.stderr);
});

test.serial("the demo checks its photons and ends cleanly", async (t) => {
  const demo = new Command(t, ["demo", "--frames", "10", "--rate", "20"]);
  t.is(await demo.ended(), 0, demo.stderr);
  t.true(
    demo.stdout.some((line) =>
      /events\/s \| event \d+ \| lag \d+ ms \| mean .* photons \| paired/.test(line),
    ),
  );
  t.regex(demo.stdout.at(-1) ?? "", /^Bragg spots found .*G0 (\d+) of \1, G1 (\d+) of \2, G2 (\d+) of \3\./);
});

test.serial("raw frames of a recording, event by event, as JSON", async (t) => {
  // Frames enough that a process which is slow to start knows the streams before the odd ones come.
  const whole = Array.from({ length: 20 }, (_, index) => `0:${index + 1} 1:${index + 1}`).join(" ");
  const recording = writtenRecording("x", 2, `${whole} 0:21~ 1:21 0:22x 1:22`, [], {});
  const replay = await Replay.bind(recording);
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), replay.source, "--json"]);
  await replay.send({ speed: 1 });
  await monitor.line(/"event_id":"21"/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  monitor.interrupt();
  t.is(await monitor.ended(), 0, monitor.stderr);
  replay.close();
  const lines = monitor.stdout.map((line) => JSON.parse(line));
  t.like(lines[0], {
    event_id: "1",
    detector_data: {
      dtype: "uint16",
      shape: [1024, 1024],
      min: 1,
      max: 1001,
      mean: 501,
      bad_pixels: 0,
      incomplete: false,
    },
  });
  t.like(lines[20], { event_id: "21", detector_data: { incomplete: true } });
  t.like(lines[21], {
    summary: { module_frames: 44, paired: 21, unpaired: 1, incomplete: 1, malformed: 1, delivered: 21 },
  });
  t.is(lines.length, 22);
  t.regex(monitor.stderr, /tcp:\/\/127.*Frame header: it is not valid JSON/);
});

test.serial("a monitor that waits says for what and where, and Ctrl-C ends it with a summary", async (t) => {
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), NOBODY]);
  while (!monitor.stderr.includes("Waiting for the first frame from tcp://127.0.0.1:9, tcp://127.0.0.1:10"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  monitor.interrupt();
  t.is(await monitor.ended(), 0);
  t.regex(
    monitor.stdout[0] ?? "",
    /^waiting for the first frame: no data from tcp:\/\/127\.0\.0\.1:9 yet \(not connected(?:: nothing listens on this port)?\), no data from tcp:\/\/127\.0\.0\.1:10 yet \(not connected(?:: nothing listens on this port)?\)/,
  );
  t.is(monitor.stdout[1], "Ended after 0 events.");
});

test.serial("a short run after a long wait still shows its status line", async (t) => {
  const replay = await Replay.bind(writtenRecording("x", 2, "0:1 1:1", [1], {}));
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), replay.source, "--frames", "1"]);
  await monitor.line(/^waiting for the first frame/);
  await replay.send({ speed: 1 });
  t.is(await monitor.ended(), 0, monitor.stderr);
  replay.close();
  t.regex(monitor.stdout.at(-2) ?? "", /events\/s \| event 1 /);
});

test.serial("a monitor whose reader goes away ends", async (t) => {
  const line = Array.from({ length: 40 }, (_, index) => `0:${index + 1} 1:${index + 1}`).join(" ");
  const replay = await Replay.bind(writtenRecording("x", 2, line, [], {}));
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), replay.source, "--json"]);
  const sent = replay.send({ speed: 1 });
  await monitor.line(/"event_id":"1"/);
  monitor.stopReading();
  t.is(await monitor.ended(), 0, monitor.stderr);
  await sent;
  replay.close();
  t.notRegex(monitor.stderr, /EPIPE|error/);
});

const usage: [string, readonly string[], RegExp][] = [
  ["no command", [], /Usage: om-jungfrau/],
  ["an unknown command", ["monitr"], /unknown command 'monitr'[\s\S]*Did you mean monitor/],
  [
    "an unknown option",
    ["monitor", "x", "--framse", "1"],
    /unknown option '--framse'[\s\S]*Did you mean --frames/,
  ],
  ["no source", ["monitor"], /missing required argument 'source'/],
  ["frames that are no number", ["monitor", "x", "-n", "many"], /Write a whole number, 1 or more/],
  ["a rate of zero", ["simulate", "--rate", "0"], /Write a number, 0\.001 or more/],
  [
    "a photon energy that no monitor accepts",
    ["simulate", "--photon-energy", "12400"],
    /Write the photon energy in keV, 0\.001 to 200\./,
  ],
  ...["laser", "=on", 'laser="on"', "path=C:\\run"].map((text): [string, string[], RegExp] => [
    `the header parameter ${text}`,
    ["simulate", "--jsonpara", text],
    /Write a key and a value, such as laser=on, without quotes or backslashes\./,
  ]),
  ["a key pair without a name", ["keygen", ""], /Write a name such as detector/],
  ["a folder for a key pair's name", ["keygen", "keys/"], /Write a name such as detector/],
  [
    "an origin without a view",
    ["monitor", "x", "--view-origin", "https://a"],
    /'--view-origin' is for the live view: add --view/,
  ],
  ...["view.example", "wss://view.example", "https://*.example", "null"].map(
    (origin): [string, string[], RegExp] => [
      `the origin ${origin}`,
      ["monitor", "x", "--view", "--view-origin", origin],
      /Write the page's address, such as https:\/\/monitor\.example\.org\./,
    ],
  ),
  ["one port", ["simulate", "--ports", "1"], /Write 2 ports/],
  [
    "a source in place of the view's address",
    ["monitor", "--view", "tcp://a:1,tcp://b:2"],
    /This is a source\. Write it before the option: tcp:\/\/a:1,tcp:\/\/b:2 --view\. Or give the option its own value: --view HOST:PORT tcp:\/\/a:1,tcp:\/\/b:2$/m,
  ],
  [
    "the first of two sources in place of the view's address",
    ["monitor", "--view", "tcp://a:1", "tcp://b:2"],
    /option '--view \[HOST:PORT\]' argument 'tcp:\/\/a:1' is invalid\. This is a source/,
  ],
  [
    "a receiver in place of the view's address",
    ["monitor", "--view", "pairs+tcp://a:1"],
    /argument 'pairs\+tcp:\/\/a:1' is invalid\. This is a source/,
  ],
  [
    "a source in place of the metrics' address",
    ["monitor", "--metrics", "tcp://a:1,tcp://b:2"],
    /This is a source\. Give the option its own value: --metrics HOST:PORT tcp:\/\/a:1,tcp:\/\/b:2$/m,
  ],
  [
    "a source in place of a receiver's metrics' address",
    ["receive", "--metrics", "tcp://a:1,tcp://b:2"],
    /its own value: --metrics HOST:PORT tcp:/,
  ],
  [
    "a source in place of a file",
    ["check", "-c", "tcp://a:1,tcp://b:2"],
    /its own value: --configuration file tcp:/,
  ],
  [
    "a source in place of a number",
    ["monitor", "-n", "tcp://a:1,tcp://b:2"],
    /own value: --frames number tcp:/,
  ],
];
for (const [what, args, message] of usage) {
  test.serial(`${what} is wrong usage`, async (t) => {
    const command = new Command(t, args);
    t.is(await command.ended(), 2);
    t.regex(command.stderr, message);
    t.deepEqual(command.stdout, []);
  });
}

const configurations: [string, string, RegExp][] = [
  ["is empty", "", /^error CONFIGURATION_EMPTY: monitor\.yaml is empty/],
  ["has a tab", "om:\n\tx: 1\n", /^error CONFIGURATION_SYNTAX: monitor\.yaml:2/],
  [
    "names no retrieval",
    "om: {}",
    /^error CONFIGURATION_MISSING_KEY: monitor\.yaml:1: om\.data_retrieval_layer/,
  ],
  [
    "names an unknown retrieval",
    RAW.replace("1MZmqDataR", "1MDataR"),
    /^error HOST_UNKNOWN_NAME: monitor\.yaml:2: om\.data_retrieval_layer: there is no data retrieval 'Jungfrau1MDataRetrieval'. Known names: Jungfrau1MZmqDataRetrieval/,
  ],
  [
    "names a plugin that is not there",
    RAW.replace("{data", "{plugins: [no.json], data"),
    /^error HOST_BAD_MANIFEST: Cannot read the manifest '.*no\.json'/,
  ],
  [
    "has many faults",
    RAW.replace("false", "maybe").replace("all", "some"),
    /^error MANY_FAULTS: 2 faults:\n {2}- CONFIGURATION_BAD_VALUE: monitor\.yaml:6: data_retrieval_layer\.delivery/,
  ],
];
for (const [what, text, message] of configurations) {
  test.serial(`a configuration that ${what} is told, with exit code 2`, async (t) => {
    const monitor = new Command(t, ["monitor", "-c", await configuration(t, text), NOBODY]);
    t.is(await monitor.ended(), 2);
    t.regex(monitor.stderr, message);
  });
}

test.serial("a misspelt key is warned of, with the nearest name", async (t) => {
  const path = await configuration(t, RAW.replace("detector_cal", "dectector_units: keV\n  detector_cal"));
  const monitor = new Command(t, ["monitor", "-c", path, NOBODY]);
  // Before that, the start-up has not ended, and an interrupt ends the process itself.
  await monitor.logged(/^Waiting for the first frame /m);
  t.true(monitor.stderr.includes("Did you mean 'detector_units'?"), monitor.stderr);
  monitor.interrupt();
  t.is(await monitor.ended(), 0);
});

for (const args of [["--help"], ["monitor", "--help"], ["simulate", "--help"], ["demo", "--help"]]) {
  test.serial(`om-jungfrau ${args.join(" ")}`, async (t) => {
    const command = new Command(t, args);
    t.is(await command.ended(), 0);
    t.regex(command.stdout.join("\n"), /Usage: om-jungfrau[\s\S]*Exit codes: 0 done/);
  });
}

test.serial("frames that were written before are not overwritten", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await configuration(t);
  for (const expected of [["1.npy"], ["1-2.npy", "1.npy"]]) {
    const replay = await Replay.bind(writtenRecording("x", 2, "0:1 1:1", [1], {}));
    const monitor = new Command(t, ["monitor", "-c", path, replay.source, "--frames", "1", "--npy", folder]);
    await replay.send({ speed: 1 });
    t.is(await monitor.ended(), 0, monitor.stderr);
    replay.close();
    t.deepEqual((await readdir(folder)).sort(), expected);
  }
});

test.serial("a file where the frames' folder should be is refused at the start", async (t) => {
  const path = await configuration(t);
  const monitor = new Command(t, ["monitor", "-c", path, NOBODY, "--npy", path]);
  t.is(await monitor.ended(), 2);
  t.regex(monitor.stderr, /^error HOST_OUTPUT_FAILED: Cannot write frames to .*EEXIST.*--npy/);
});

test.serial("metrics on what is no address are refused at the start", async (t) => {
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), NOBODY, "--metrics", "localhost"]);
  t.is(await monitor.ended(), 2);
  t.regex(
    monitor.stderr,
    /^error HOST_CANNOT_LISTEN: 'localhost' is not an address to listen on. Write HOST:PORT/,
  );
});

test.serial("sources may be separated by spaces, too", async (t) => {
  const [first, second] = NOBODY.split(",") as [string, string];
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), `${first},`, second]);
  while (!monitor.stderr.includes("Waiting for the first frame from tcp://127.0.0.1:9, tcp://127.0.0.1:10")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  monitor.interrupt();
  t.is(await monitor.ended(), 0);
});

test.serial("a demo that is interrupted ends well, and one whose detector dies does not", async (t) => {
  const interrupted = new Command(t, ["demo"]);
  while (!interrupted.stderr.includes("Making a scene"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  interrupted.interrupt();
  t.is(await interrupted.ended(), 0, interrupted.stderr);

  const orphaned = new Command(t, ["demo", "--verbose"]);
  await orphaned.line(/events\/s/);
  process.kill(Number(/detector is process (\d+)/.exec(orphaned.stderr)?.[1]), "SIGKILL");
  t.is(await orphaned.ended(), 1);
  t.regex(orphaned.stderr, /error SIMULATOR_FAILED/);
});

test.serial("a simulator that cannot write says so", async (t) => {
  const path = await configuration(t);
  const simulate = new Command(t, ["simulate", "--ports", "0,0", "--out", join(path, "sub")]);
  t.is(await simulate.ended(), 2);
  t.regex(simulate.stderr, /error SIMULATOR_CANNOT_WRITE: .*ENOTDIR.*--out/);
});

test.serial(
  "a simulated detector that stays leaves its monitor waiting for the next acquisition",
  async (t) => {
    const folder = await temporaryFolder(t);
    const args = ["--json", "--wait", "--stay", "--frames", "3", "--ports", "0,0", "--out", folder];
    const simulator = new Command(t, ["simulate", ...args]);
    const { source, configuration: path } = JSON.parse(await simulator.line(/source/));
    const monitor = new Command(t, ["monitor", "-c", path, source, "--json"]);
    await simulator.logged(/^Sent 3 frames and the end messages; the ports stay open until Ctrl-C$/m);
    await monitor.logged(/^waiting for the next acquisition: no data from .* for \d+ s/m);
    monitor.interrupt();
    t.is(await monitor.ended(), 0);
    t.is(JSON.parse(monitor.stdout.at(-1) as string).summary.end_messages, 2);
    simulator.interrupt();
    t.is(await simulator.ended(), 0);
  },
);

test.serial("a port that is in use, and somebody's configuration in the way, are told", async (t) => {
  const port = await bindAgain(ANY_PORT);
  const number = port.url.split(":").at(-1);
  const busy = new Command(t, ["simulate", "--ports", `0,${number}`, "--out", await temporaryFolder(t)]);
  t.is(await busy.ended(), 2);
  t.regex(
    busy.stderr,
    new RegExp(
      `^error SIMULATOR_CANNOT_LISTEN: Cannot listen on tcp://127\\.0\\.0\\.1:${number}: Address already in use`,
    ),
  );
  port.close();

  const path = await configuration(t);
  const simulate = new Command(t, ["simulate", "--ports", "0,0", "--out", join(path, "..")]);
  t.is(await simulate.ended(), 2);
  t.regex(simulate.stderr, /error SIMULATOR_CANNOT_WRITE: .* would be overwritten/);
  t.is(await readFile(path, "utf8"), RAW);
});
