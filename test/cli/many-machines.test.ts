import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Report } from "../../src/viewer/protocol.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { DetectorUnderTest } from "../helpers/detectors.js";
import { natsUrl } from "../helpers/nats-server.js";
import { fixedPorts } from "../helpers/ports.js";
import { until } from "../helpers/until.js";

const PORT = "tcp://127.0.0.1:9";

for (const [args, message] of [
  [["receive", "--share", "0", PORT], /Write a (?:whole )?number/],
  [["receive", "--share", "300", PORT], /Write a number from 1 to 256/],
  [["receive", "--share", "2", PORT, "--format", "om"], /'--format' has no effect with --share/],
  [["receive", "--share", "2", PORT, "--curve-key", "k"], /'--curve-key' has no effect with --share/],
  [
    ["receive", "--share", "2", `${PORT},tcp://127.0.0.1:10`, "here"],
    /--share takes one port of the detector/,
  ],
  [["receive", "--share", "2", PORT, "tcp://127.0.0.1:65535"], /and the next 1 ports/],
  [["monitor", PORT, "--nats", "http://127.0.0.1"], /Write nats:\/\/HOST:4222/],
  [["monitor", PORT, "--nats", "nats://h", "--nats-name", "a.b"], /Write letters, digits/],
  [["monitor", PORT, "--nats-name", "m0"], /add --nats nats:\/\/HOST:4222/],
  [["monitor", PORT, "--nats-credentials", "file"], /'--nats-credentials' is for NATS: add --nats/],
  [["view", "nats://127.0.0.1", "--nats-credentials", "no-file"], /HOST_NATS_CREDENTIALS: .*'no-file'/],
  [["view", "run_master_0.json"], /Write nats:\/\/HOST:4222/],
] as const) {
  test.serial(`'${args.join(" ")}' is wrong usage`, async (t) => {
    const command = new Command(t, args);
    t.is(await command.ended(), 2);
    t.regex(command.stderr, message);
  });
}

/** A monitor of raw words that delivers every event. */
async function configuration(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(
    path,
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false, delivery: all}
`,
  );
  return path;
}

test.serial("two monitors share a detector; the view shows both, and which one has died", async (t) => {
  const detector = await DetectorUnderTest.bind(t);
  const subscribed = detector.subscribed();
  const [nats, path, port] = [await natsUrl(t), await configuration(t), await fixedPorts(4)];
  const url = (index: number) => `tcp://127.0.0.1:${port + index}`;
  const shares = detector.urls.map(
    (input, index) => new Command(t, ["receive", "--share", "2", input, url(2 * index), "--json"]),
  );
  await subscribed;
  const view = new Command(t, ["view", nats, "--listen", "0"]);
  const [, page = ""] = await view.logged(/^Live view on (\S+)$/m);
  const monitors = [0, 1].map((share) => {
    const source = `${url(share)},${url(2 + share)}`;
    return new Command(t, [
      "monitor",
      "--share",
      "2",
      "-c",
      path,
      source,
      "--json",
      "--nats",
      nats,
      "--nats-name",
      `m${share}`,
    ]);
  });
  for (const [index, share] of shares.entries())
    for (const monitor of [0, 1])
      await share.logged(new RegExp(`^A monitor has connected to ${url(2 * index + monitor)};`, "m"));
  let number = 0;
  await until(async () => {
    await detector.send(++number);
    return monitors.every(({ stdout }) => stdout.length >= 2);
  });
  const ids = monitors.map(({ stdout }) => stdout.map((line) => Number(JSON.parse(line).event_id)));
  t.true(ids[0]?.every((id) => id % 2 === 0));
  t.true(ids[1]?.every((id) => id % 2 === 1));

  const states = async () => {
    const { monitors: all, counters } = (await (await fetch(`${page}api/status`)).json()) as Report;
    return `${all?.map(({ name, state }) => `${name} ${state}`)} ${counters.missed}`;
  };
  if (!nats.endsWith(":9")) await until(async () => (await states()) === "m0 streaming,m1 streaming 0");
  await monitors[1]?.kill();
  if (!nats.endsWith(":9")) await until(async () => (await states()).includes("m1 gone"));
  for (const share of shares) await share.logged(/^A monitor has left /m);
  for (let sent = 0; sent < 4; sent++) await detector.send(++number);
  await until(
    () =>
      monitors[0]?.stdout.some((line) => line.includes(`"event_id":"${2 * Math.floor(number / 2)}"`)) ===
      true,
  );
  for (const command of [view, monitors[0], ...shares]) {
    command?.interrupt();
    t.is(await command?.ended(), 0, command?.stderr);
  }
  for (const { stdout } of shares) t.true(JSON.parse(stdout[0] ?? "").summary.unsent >= 2);
});
