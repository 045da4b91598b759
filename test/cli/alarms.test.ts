import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";

const SIGNALS = `
  required_data: [event_id, detector_data, lit, saturation]
  lit_threshold: 5
  lit_minimum: 10
`;

test.serial("a beam stop that fails raises the alarm that guards the detector", async (t) => {
  const folder = await temporaryFolder(t);
  const ports = ["--ports", "0,0", "--rate", "20"];
  const fault = ["--fault", "bright=2"];
  const simulator = new Command(t, ["simulate", "--json", "--wait", ...ports, ...fault, "--out", folder]);
  const { source, configuration } = JSON.parse(await simulator.line(/source/));
  const yaml = (await readFile(configuration, "utf8"))
    .replace(/ *required_data.*\n/, SIGNALS)
    .replace("{ raw: Jungfrau1MZmq }", "{ lit: LitPixelsJungfrau1MZmq, saturation: SaturationJungfrau1MZmq }")
    .replace(/ *raw_calibration.*\n/, "");
  const path = join(folder, "signals.yaml");
  await writeFile(
    path,
    `${yaml}alarms:\n  bright: {signal: saturation.near_limit, above: 30, healthz: yes}\n  few_hits: {signal: lit.hit, below: 0.5}\n`,
  );
  const monitor = new Command(t, ["monitor", "-c", path, source, "--json", "--metrics", "0"]);
  const [, metrics = "", health = ""] = await monitor.logged(/^Metrics on (\S+), health on (\S+)$/m);
  await monitor.line(/near_limit/);
  t.is((await fetch(health)).status, 200);
  await monitor.logged(
    /^warning: Alarm bright: saturation\.near_limit is 113, above 30\. Attenuate the beam/m,
  );
  t.is((await fetch(health)).status, 503);
  t.regex(await (await fetch(metrics)).text(), /^om_jungfrau_alarm\{name="bright"\} 1$/m);
  monitor.interrupt();
  t.is(await monitor.ended(), 0, monitor.stderr);
  const lines = monitor.stdout.map((line) => JSON.parse(line));
  t.deepEqual(lines.at(-1).alarms_raised, { bright: 1, few_hits: 0 });
  const { lit, saturation } = lines[0];
  t.deepEqual([lit.hit, saturation.near_limit], [true, 0]);
  t.is(lines.at(-2).saturation.near_limit, 113);
});

test("faults of alarms are reported with the others, before anything runs", async (t) => {
  const path = join(await temporaryFolder(t), "monitor.yaml");
  await writeFile(
    path,
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [event_id, detector_data, lit]
  data_sources: {lit: LitPixelsJungfrau1MZmq}
  detector_calibration: false
  lit_threshold: 5
alarms:
  few: {signal: lit.hit}
`,
  );
  const monitor = new Command(t, ["monitor", "-c", path, "tcp://127.0.0.1:9,tcp://127.0.0.1:10"]);
  t.is(await monitor.ended(), 2);
  t.regex(monitor.stderr, /monitor\.yaml:8: alarms\.few has no limit/);
  t.regex(monitor.stderr, /monitor\.yaml:2: data_retrieval_layer\.lit_minimum is missing/);
});

test("a fault that the simulator does not know is wrong usage", async (t) => {
  for (const [value, answer] of [
    ["dim", /Known names: bright, loss, /],
    ["los=0.1", /Did you mean loss\? Known names: /],
    ["bright=soon", /Write a time such as 5ms, 30s or 2min after bright=\./],
    ["bright=-1", /Write a time such as 5ms, 30s or 2min after bright=\./],
    ["loss=2", /Write a share from 0 to 1, such as 0\.01 after loss=\./],
    ["one-module=1", /Write one-module without a value\./],
  ] as const) {
    const simulator = new Command(t, ["simulate", "--fault", value]);
    t.is(await simulator.ended(), 2);
    t.regex(simulator.stderr, answer);
  }
});
