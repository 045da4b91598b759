import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { keyFiles } from "../helpers/keys.js";
import { RunningMonitor } from "../helpers/monitors.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { until } from "../helpers/until.js";

const NOBODY = ["tcp://127.0.0.1:9", "tcp://127.0.0.1:10"] as const;
const FOUR = [...NOBODY, "tcp://127.0.0.1:11", "tcp://127.0.0.1:12"] as const;
const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false, delivery: all}
`;

async function configuration(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(path, RAW);
  return path;
}

/** Where monitors connect to, as the receiver says. */
async function outputOf(receiver: Command): Promise<string> {
  return (await receiver.logged(/^Monitors pull events from (\S+)$/m))[1] as string;
}

for (const format of ["parts", "om"]) {
  test.serial(`receive --format ${format} feeds a monitor on one URL, and ends with a summary`, async (t) => {
    const detector = await DetectorUnderTest.bind(t);
    const receiver = new Command(t, ["receive", ...detector.urls, ANY_PORT, "--format", format, "--json"]);
    const url = await outputOf(receiver);
    const monitor = new Command(t, ["monitor", "-c", await configuration(t), url, "--json", "-n", "3"]);
    await receiver.logged(/^A monitor has connected to tcp:\S+; 1 are connected$/m);
    await detector.subscribed();
    for (const [frame, options] of [{}, { incompletePort: 1 }, {}].entries()) {
      await detector.send(frame + 1, options);
      await monitor.line(new RegExp(`"event_id":"${frame + 1}"`));
    }
    t.is(await monitor.ended(), 0, monitor.stderr);
    const lines = monitor.stdout.map((line) => JSON.parse(line));
    t.deepEqual(
      lines.slice(0, 3).map(({ event_id, detector_data }) => [event_id, detector_data.incomplete]),
      [
        ["1", false],
        ["2", true],
        ["3", false],
      ],
    );
    t.like(lines[3], { summary: { paired: 3, delivered: 3, incomplete: 1, malformed: 0 } });
    await receiver.logged(/^A monitor has left tcp:\S+; 0 are connected$/m);
    receiver.interrupt();
    t.is(await receiver.ended(), 0, receiver.stderr);
    t.is(receiver.stdout.length, 1, "a summary, and nothing else");
    t.like(JSON.parse(receiver.stdout[0] ?? ""), {
      summary: { module_frames: 6, paired: 3, incomplete: 1, delivered: 3, sent: 3, unsent: 0, monitors: 0 },
    });
  });
}

test.serial("the status line of a receiver says how many were sent, and to how many monitors", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const receiver = new Command(t, ["receive", detector.source, ANY_PORT]);
  const url = await outputOf(receiver);
  await detector.subscribed();
  let hasEnded = false;
  const send = async () => {
    for (let frame = 1; !hasEnded; frame++) {
      await detector.send(frame);
      await delay(100);
    }
  };
  const sending = send();
  await receiver.line(
    /^streaming; no monitor is connected to tcp:\/\/\S+ \| paired \d+ unpaired 0 incomplete 0 malformed 0 skipped \d+ sent 0 monitors 0$/,
  );
  await RunningMonitor.start(t, { source: url });
  await receiver.line(
    /^\d+\.\d events\/s \| event \d+ \| lag \d+ ms \| paired \d+ unpaired 0 incomplete 0 malformed 0 skipped 0\/s sent [1-9]\d* monitors 1$/,
  );
  hasEnded = true;
  await sending;
  receiver.interrupt();
  t.is(await receiver.ended(), 0, receiver.stderr);
  t.regex(
    receiver.stdout.at(-1) ?? "",
    /^Ended\. module_frames \d+ .*paired \d+ .*sent [1-9]\d* monitors 1$/,
  );
});

test.serial(
  "monitors and receivers log each state, with and without JSON, and the return to streaming",
  async (t) => {
    const detector = await DetectorUnderTest.bind(t);
    const path = await configuration(t);
    const commands = [
      new Command(t, ["receive", detector.source, ANY_PORT]),
      new Command(t, ["receive", detector.source, ANY_PORT, "--json"]),
      new Command(t, ["monitor", "-c", path, detector.source]),
      new Command(t, ["monitor", "-c", path, detector.source, "--json"]),
    ];
    const logged = (pattern: RegExp) => Promise.all(commands.map((command) => command.logged(pattern)));
    let frame = 0;
    const sendUntil = async (done: Promise<unknown>) => {
      let isDone = false;
      const end = done.finally(() => {
        isDone = true;
      });
      while (!isDone) {
        frame += 1;
        await detector.send(frame);
        await delay(100);
      }
      await end;
    };
    await sendUntil(logged(/^streaming(?:; no monitor .*)?$/m));
    await logged(/^stalled: no data from tcp:.* for [5-9] s, no data from tcp:.* for [5-9] s.*$/m);
    await sendUntil(logged(/^streaming(?:; no monitor .*)? again$/m));
    for (const command of commands) {
      command.interrupt();
      t.is(await command.ended(), 0, command.stderr);
      t.is(command.stderr.match(/^(?:streaming|stalled)/gm)?.length, 3, command.stderr);
    }
  },
);

test.serial("a receiver that waits says for what, and Ctrl-C ends it", async (t) => {
  const receiver = new Command(t, ["receive", ...NOBODY, ANY_PORT]);
  await receiver.line(
    /^waiting for the first frame: no data from tcp:\/\/127\.0\.0\.1:9 yet \(not connected(?:: nothing listens on this port)?\), no data from tcp:\/\/127\.0\.0\.1:10 yet \(not connected(?:: nothing listens on this port)?\)\. Frames arrive when .* rx_zmqstream 1\); no monitor is connected to tcp:\/\/\S+ \| paired 0 .* sent 0 monitors 0$/,
  );
  receiver.interrupt();
  t.is(await receiver.ended(), 0, receiver.stderr);
});

test.serial("without an address of its own, a receiver is where OM looks for it", async (t) => {
  const receiver = new Command(t, ["receive", ...NOBODY]);
  const code = await Promise.race([outputOf(receiver).catch(() => undefined), receiver.ended()]);
  // Another receiver may run on this machine; that is told by the same address.
  if (code === 2) {
    t.regex(
      receiver.stderr,
      /STREAM_CANNOT_LISTEN: Cannot listen on tcp:\/\/127\.0\.0\.1:12321: Address already in use/,
    );
    return;
  }
  t.is(await outputOf(receiver), "tcp://127.0.0.1:12321");
  receiver.interrupt();
  t.is(await receiver.ended(), 0, receiver.stderr);
});

test.serial("four streams may be paired, separated by commas or blanks", async (t) => {
  const receiver = new Command(t, ["receive", FOUR.slice(0, 3).join(","), FOUR[3], ANY_PORT, "--json"]);
  await outputOf(receiver);
  await receiver.logged(new RegExp(`^Waiting for the first frame from ${FOUR.join(", ")}$`, "m"));
  receiver.interrupt();
  t.is(await receiver.ended(), 0, receiver.stderr);
});

test.serial("a receiver serves its counters, and its state", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const receiver = new Command(t, ["receive", detector.source, ANY_PORT, "--metrics", "127.0.0.1:0"]);
  const monitor = await RunningMonitor.start(t, { source: await outputOf(receiver) });
  const [, url] = await receiver.logged(/^Metrics on (http:\S+)\/metrics, health on \1\/healthz$/m);
  await detector.subscribed();
  await receiver.logged(/; 1 are connected$/m);
  for (const frame of [1, 2, 5]) {
    await detector.send(frame);
    await until(() => monitor.ids.at(-1) === String(frame));
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = Object.fromEntries(
    [
      "sent_total",
      "unsent_total",
      "missed_total",
      "paired_total",
      "skipped_total",
      "monitors",
      "latency_seconds_count",
    ].map((name) => [name, Number(new RegExp(`^om_jungfrau_${name} (\\S+)$`, "m").exec(text)?.[1])]),
  );
  t.deepEqual(values, {
    sent_total: 3,
    unsent_total: 0,
    missed_total: 4,
    paired_total: 3,
    skipped_total: 0,
    monitors: 1,
    latency_seconds_count: 3,
  });
  t.regex(text, /^# TYPE om_jungfrau_monitors gauge$/m);
  t.regex(text, /^om_jungfrau_state\{state="streaming"\} 1$/m);
  t.deepEqual(await (await fetch(`${url}/healthz`)).json(), { state: "streaming", message: "streaming" });
  receiver.interrupt();
  t.is(await receiver.ended(), 0, receiver.stderr);
});

const wrong: [what: string, args: readonly string[], message: RegExp][] = [
  ["no address", [], /missing required argument 'addresses'/],
  [
    "one address",
    [NOBODY[0]],
    /^error STREAM_BAD_SOURCE: A receiver pairs the 2 streams of a JUNGFRAU 1M, or 4 when its modules have two interfaces, not 1\. Write/,
  ],
  [
    "six addresses",
    [...FOUR, "tcp://a:1", "tcp://a:2"],
    /^error STREAM_BAD_SOURCE: A receiver pairs the 2 .* not 6\./,
  ],
  [
    "an address that is none",
    ["a:1", "b:1"],
    /^error STREAM_BAD_SOURCE: Source 'a:1,b:1': 'a:1' is not an address/,
  ],
  [
    "recordings that are not there",
    ["a", "b"],
    /^error MANY_FAULTS: 2 faults:\n {2}- RECORDING_NOT_READABLE: .*'a'/,
  ],
  ["a format that is none", [...NOBODY, "--format", "xml"], /Allowed choices are parts, om\./],
  ["a delivery that is none", [...NOBODY, "--delivery", "some"], /Allowed choices are latest, all\./],
  [
    "a host that nobody knows",
    ["tcp://jungfrau.invalid:1", NOBODY[0], ANY_PORT],
    /^error STREAM_UNKNOWN_HOST: Cannot resolve the host name in 'tcp:\/\/jungfrau\.invalid:1' .*Correct the name/m,
  ],
  [
    "a foreign address",
    [...NOBODY, "tcp://192.0.2.1:0"],
    /^error STREAM_CANNOT_LISTEN: Cannot listen on tcp:\/\/192\.0\.2\.1:0: /m,
  ],
  [
    "a key file that is not there",
    [...NOBODY, ANY_PORT, "--curve-key", "no.key_secret"],
    /^error STREAM_KEY_FILE: Key file 'no\.key_secret': ENOENT.*om-jungfrau keygen/m,
  ],
  [
    "metrics on what is no address",
    [...NOBODY, ANY_PORT, "--metrics", "x"],
    /^error HOST_CANNOT_LISTEN: 'x' is not an address/m,
  ],
];
for (const [what, args, message] of wrong) {
  test.serial(`receive: ${what} is wrong usage`, async (t) => {
    const receiver = new Command(t, ["receive", ...args]);
    t.is(await receiver.ended(), 2);
    t.regex(receiver.stderr, message);
    t.deepEqual(receiver.stdout, []);
  });
}

test.serial("receive: a port in use is wrong usage", async (t) => {
  const port = await bindAgain(ANY_PORT);
  t.teardown(() => port.close());
  const receiver = new Command(t, ["receive", ...NOBODY, port.url]);
  t.is(await receiver.ended(), 2);
  t.regex(
    receiver.stderr,
    /^error STREAM_CANNOT_LISTEN: Cannot listen on tcp:\S+: Address already in use\. Write/m,
  );
});

test.serial("monitor: a host that nobody knows is wrong usage", async (t) => {
  const monitor = new Command(t, ["monitor", "-c", await configuration(t), "tcp://jungfrau.invalid:1"]);
  t.is(await monitor.ended(), 2);
  t.regex(
    monitor.stderr,
    /^error STREAM_UNKNOWN_HOST: Cannot resolve the host name in 'tcp:\/\/jungfrau\.invalid:1' \(.+\)\. Correct the name, or write its IP address\.$/m,
  );
});

test.serial("keygen writes a pair, says which file is whose, and does not do so twice", async (t) => {
  const folder = await temporaryFolder(t);
  const first = new Command(t, ["keygen", "detector"], { cwd: folder });
  t.is(await first.ended(), 0, first.stderr);
  t.deepEqual(first.stdout, [
    "detector.key_secret  the key pair: keep it to yourself",
    "detector.key  the public key: give it to the other side",
  ]);
  t.is((await stat(join(folder, "detector.key_secret"))).mode & 0o777, 0o600);
  const text = await readFile(join(folder, "detector.key_secret"), "utf8");
  const second = new Command(t, ["keygen", "detector"], { cwd: folder });
  t.is(await second.ended(), 2);
  t.regex(
    second.stderr,
    /^error STREAM_KEY_FILE: Cannot write 'detector\.key_secret' and 'detector\.key': EEXIST/,
  );
  t.is(await readFile(join(folder, "detector.key_secret"), "utf8"), text);
  const third = new Command(t, ["keygen"]);
  t.is(await third.ended(), 2);
  t.regex(third.stderr, /missing required argument 'name'/);
});

for (const command of ["receive", "keygen"]) {
  test.serial(`om-jungfrau ${command} --help`, async (t) => {
    const help = new Command(t, [command, "--help"]);
    t.is(await help.ended(), 0);
    t.regex(help.stdout.join("\n"), /Usage: om-jungfrau[\s\S]*Exit codes: 0 done/);
  });
}

test.serial(
  "keys on the command line: from the detector to the monitor, for those alone who have the right ones",
  async (t) => {
    const keys = await keyFiles(t, "detector", "receiver", "monitor", "stranger");
    const folder = await temporaryFolder(t);
    const path = await configuration(t);
    const simulator = new Command(t, [
      ...["simulate", "--json", "--ports", "0,0", "--rate", "20", "--out", join(folder, "out")],
      ...["--curve-key", keys.detector.secret, "--curve-clients", keys.receiver.public],
    ]);
    const { source } = JSON.parse(await simulator.line(/source/));
    const receiver = new Command(t, [
      ...["receive", source, ANY_PORT, "--json"],
      ...["--input-server-key", keys.detector.public, "--input-key", keys.receiver.secret],
      ...["--curve-key", keys.receiver.secret, "--curve-clients", keys.monitor.public],
    ]);
    const url = await outputOf(receiver);
    const monitorOf = (url: string, server: string, own: string) =>
      new Command(t, [
        "monitor",
        "-c",
        path,
        url,
        "--json",
        "--curve-server-key",
        server,
        "--curve-key",
        own,
      ]);
    const refused = [
      monitorOf(source, keys.detector.public, keys.stranger.secret),
      monitorOf(url, keys.receiver.public, keys.stranger.secret),
    ];
    for (const monitor of refused)
      await monitor.logged(/^warning: tcp:\S+ refused: this key is not among the accepted ones$/m);
    for (const server of [simulator, receiver])
      await server.logged(/^warning: tcp:\S+ has refused a client: its key is not among the accepted ones$/m);
    const monitor = monitorOf(url, keys.receiver.public, keys.monitor.secret);
    await monitor.line(/"event_id"/);
    for (const command of [monitor, ...refused, receiver, simulator]) {
      command.interrupt();
      t.is(await command.ended(), 0, command.stderr);
    }
    for (const { stdout } of refused) t.deepEqual(stdout.length, 1, "the summary alone");
    t.notRegex(monitor.stderr, /refused/);
  },
);
