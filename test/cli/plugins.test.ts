import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { portPayload } from "../helpers/detectors.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";
import { wireHeader } from "../helpers/wire-headers.js";

/** A plugin of somebody else's: a data source that is made of others' values. */
const DIODE = `
class DiodeVoltage {
  dependsOn = ["laser", "raw"];
  initializeDataSource() {}
  getData({ data }) {
    if (data.laser === 3) throw new Error("the laser is off");
    return data.laser + data.raw.data[0];
  }
}
export function register({ dataSources }) {
  dataSources.register("DiodeVoltage", () => new DiodeVoltage());
}
export function dispose() {}
`;
const MANIFEST = {
  manifestVersion: 2,
  id: "diode",
  name: "Diode",
  version: "1.0.0",
  license: "MIT",
  main: "./diode.mjs",
  engines: { node: ">=20", monitorApi: "^1.1.0" },
  provides: {
    dataSources: [
      { name: "DiodeVoltage", description: "Volts.", returns: { dtype: "float64", shape: [], unit: "V" } },
    ],
    dataRetrievals: [],
  },
  configuration: { properties: { data_retrieval_layer: { properties: { diode_offset: {} } } } },
  requires: [],
};

async function configuration(t: ExecutionContext, required: string): Promise<string> {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "diode"));
  await writeFile(join(folder, "diode", "diode.mjs"), DIODE);
  await writeFile(join(folder, "diode", "plugin.manifest.json"), JSON.stringify(MANIFEST));
  const path = join(folder, "monitor.yaml");
  await writeFile(
    path,
    `
om:
  data_retrieval_layer: Jungfrau1MZmqDataRetrieval
  plugins: [./diode/plugin.manifest.json]
data_retrieval_layer:
  data_sources: {raw: Jungfrau1MZmq, diode: DiodeVoltage, laser: HeaderEntryJungfrau1MZmq}
  required_data: [${required}]
  detector_calibration: false
  raw_calibration: false
  laser_entry: laser
  diode_offset: 5
  delivery: all
`,
  );
  return path;
}

test.serial(
  "a second plugin, named in the configuration alone, makes values of the frame and its header",
  async (t) => {
    const ports = [await bindAgain(ANY_PORT), await bindAgain(ANY_PORT)];
    t.teardown(() => {
      for (const port of ports) port.close();
    });
    const path = await configuration(t, "event_id, detector_data, laser, raw, diode");
    const source = ports.map(({ url }) => url).join(",");
    const monitor = new Command(t, ["monitor", "-c", path, source, "--json", "-n", "4"]);
    await Promise.all(ports.map((port) => port.subscribed()));
    for (let frameNumber = 1; frameNumber <= 4; frameNumber++) {
      for (const [row, port] of ports.entries()) {
        const added = { laser: String(frameNumber), sample: "lyso" };
        await port.send([
          wireHeader({
            frameNumber,
            row,
            detshape: [1, 2],
            timestamp: 1e6 * frameNumber,
            addJsonHeader: added,
          }),
          portPayload(row, 2, frameNumber, {}),
        ]);
      }
      await delay(100);
    }
    t.is(await monitor.ended(), 0, monitor.stderr);
    const lines = monitor.stdout.map((line) => JSON.parse(line));
    const firstPixel = (frameNumber: number) => 2500 + frameNumber;
    t.deepEqual(
      lines
        .slice(0, 4)
        .map(({ laser, diode, raw, detector_data }) => [laser, diode, raw.min, detector_data.min]),
      [1, 2, 3, 4].map((frame) => [
        frame,
        frame === 3 ? undefined : frame + firstPixel(frame),
        firstPixel(frame),
        firstPixel(frame),
      ]),
    );
    t.like(lines[4].summary, { delivered: 4, diode_failed: 1, laser_disagreements: 0 });
    t.regex(monitor.stderr, /^warning: Event 3 has no diode: the laser is off$/m);
    t.notRegex(monitor.stderr, /is not read by anything/);
  },
);

test.serial("a wrong order, and a plugin's name that is misspelt, end the start", async (t) => {
  const path = await configuration(t, "diode, raw, laser");
  const monitor = new Command(t, ["monitor", "-c", path, "tcp://127.0.0.1:9,tcp://127.0.0.1:10"]);
  t.is(await monitor.ended(), 2);
  t.regex(monitor.stderr, /required_data: 'diode' is made of laser, raw\. Name that before it\./);
});
