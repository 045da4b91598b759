import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { portPayload } from "../helpers/detectors.js";
import { folderOf } from "../helpers/documents.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { wireHeader } from "../helpers/wire-headers.js";

/** Where docs/writing-a-plugin.md has led its reader: a plugin and a configuration, beside the simulator's constants files. */
async function documentedFolder(t: ExecutionContext): Promise<string> {
  const [folder, constants] = [await folderOf(t, "docs/writing-a-plugin.md"), await temporaryFolder(t)];
  await writeSceneFiles(
    constants,
    makeScene({ layout: JUNGFRAU_1M, seed: 3, imageCount: 1, photonEnergyKeV: 12.4 }),
  );
  for (const name of await readdir(constants)) {
    if (/\.(?:h5|bin)$/.test(name)) await copyFile(join(constants, name), join(folder, name));
  }
  return folder;
}

/** The document's configuration with another text in one place. */
async function changed(folder: string, from: string | RegExp, to: string): Promise<string> {
  const text = await readFile(join(folder, "diode.yaml"), "utf8");
  const path = join(folder, "changed.yaml");
  await writeFile(path, text.replace(from, to));
  return path;
}

/** What the beamline writes into the header of a frame: at times, the diode is not read out. */
const laserOf = (frameNumber: number) => (frameNumber % 3 === 0 ? "off" : 100 * frameNumber);

test.serial("the plugin that the documents show makes values of the frames' headers", async (t) => {
  const ports = [await bindAgain(ANY_PORT), await bindAgain(ANY_PORT)];
  t.teardown(() => {
    for (const port of ports) port.close();
  });
  const folder = await documentedFolder(t);
  const source = ports.map(({ url }) => url).join(",");
  const monitor = new Command(t, ["monitor", "-c", join(folder, "diode.yaml"), source, "--json", "-n", "8"]);
  await Promise.all(ports.map((port) => port.subscribed()));
  const ended = monitor.ended();
  const isRunning = () => Promise.race([delay(50, true), ended.then(() => false)]);
  for (let frameNumber = 1; await isRunning(); frameNumber++) {
    for (const [row, port] of ports.entries()) {
      const addJsonHeader = { laser: String(laserOf(frameNumber)), sample: "lyso" };
      const timestamp = 500_000 * frameNumber;
      await port.send([
        wireHeader({ frameNumber, row, detshape: [1, 2], timestamp, addJsonHeader }),
        portPayload(row, 2, frameNumber, {}),
      ]);
    }
  }
  t.is(await ended, 0, monitor.stderr);

  const lines = monitor.stdout.map((line) => JSON.parse(line));
  const { summary } = lines.pop();
  t.is(lines.length, 8);
  for (const { event_id, laser, diode, detector_data, raw } of lines) {
    const frameNumber = Number(event_id);
    t.is(laser, laserOf(frameNumber));
    t.is(diode, typeof laser === "number" ? laser * 0.0005 : undefined);
    t.like(detector_data, { dtype: "float32", shape: [1024, 1024], unit: "photons" });
    t.is(typeof detector_data.mean, "number");
    t.like(raw, { dtype: "uint16", shape: [1024, 1024], unit: "raw", min: 2500 + frameNumber });
  }
  const without = lines.filter(({ diode }) => diode === undefined).length;
  t.true(without > 0 && without < 8);
  t.like(summary, { delivered: 8, diode_failed: without, laser_disagreements: 0 });
  t.regex(monitor.stderr, /^warning: Event \d+ has no diode: laser is 'off'\./m);
  t.notRegex(monitor.stderr, /is not read by anything/);
});

const faults: [what: string, from: string, to: string, message: RegExp][] = [
  [
    "a source before what it is made of",
    "laser, diode,",
    "diode, laser,",
    /required_data: 'diode' depends on laser\. List laser before it\./,
  ],
  [
    "a name of a data source that is misspelt",
    "diode: DiodeVoltage",
    "diode: DiodeVolt",
    /Did you mean 'DiodeVoltage'\?/,
  ],
  ["a manifest that is not there", "./diode/", "./diodes/", /Cannot read the manifest .*Check om\.plugins/],
  [
    "a key that the plugin needs",
    "diode_volts_per_count",
    "diode_volt_per_count",
    /diode_volts_per_count is missing/,
  ],
];
for (const [what, from, to, message] of faults) {
  test.serial(`${what} ends the start`, async (t) => {
    const path = await changed(await folderOf(t, "docs/writing-a-plugin.md"), from, to);
    const monitor = new Command(t, ["monitor", "-c", path, "tcp://127.0.0.1:9,tcp://127.0.0.1:10"]);
    t.is(await monitor.ended(), 2);
    t.regex(monitor.stderr, message);
  });
}
