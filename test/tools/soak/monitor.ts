import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inPackage } from "../../helpers/package-root.js";
import { SoakChild } from "./child.js";
import { SCENE } from "./detector.js";

const MANIFEST = {
  manifestVersion: 2,
  id: "stamp-check",
  name: "Stamp check",
  version: "1.0.0",
  license: "MIT",
  main: "./stamp-check.mjs",
  engines: { node: ">=20.19", monitorApi: "^1.1.0" },
  provides: {
    dataSources: [{ name: "StampCheck", description: "Counts events that are made of two exposures." }],
    dataRetrievals: [],
  },
  configuration: { properties: {} },
  requires: [],
};

export interface SoakMonitorOptions {
  readonly folder: string;
  readonly source: string;
  /** Whether there are calibrated frames beside the raw ones. */
  readonly isCalibrated: boolean;
  readonly nats?: string | undefined;
}

/** Start a monitor that delivers everything, looks at the stamps of all events, and serves metrics and the live view. */
export async function startMonitor(options: SoakMonitorOptions) {
  const { source, nats } = options;
  const monitor = new SoakChild([
    ...["monitor", "-c", writeConfiguration(options), source, "--metrics", "0", "--view", "0"],
    ...(nats === undefined ? [] : ["--nats", nats, "--nats-name", "soak"]),
  ]);
  const metricsUrl = await monitor.logged(/Metrics on ([^,\s]+)/);
  const viewUrl = await monitor.logged(/Live view on (\S+)/);
  return { monitor, metricsUrl, viewUrl };
}

function writeConfiguration({ folder, isCalibrated }: SoakMonitorOptions): string {
  const plugin = join(folder, "stamp-check");
  mkdirSync(plugin);
  const check = pathToFileURL(inPackage("dist", "test", "tools", "soak", "stamp-check.js"));
  writeFileSync(join(plugin, "plugin.manifest.json"), JSON.stringify(MANIFEST));
  writeFileSync(
    join(plugin, "stamp-check.mjs"),
    `export { dispose, register } from ${JSON.stringify(check)};\n`,
  );
  const path = join(folder, "soak.yaml");
  writeFileSync(
    path,
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval, plugins: [./stamp-check/plugin.manifest.json]}
data_retrieval_layer:
  required_data: [timestamp, event_id, ${isCalibrated ? "detector_data, " : ""}raw, stamps]
  data_sources: {raw: Jungfrau1MZmq, stamps: StampCheck}
  raw_calibration: false
  detector_dark_filenames: [${SCENE}/dark_m0.h5, ${SCENE}/dark_m1.h5]
  detector_gain_filenames: [${SCENE}/gain_m0.bin, ${SCENE}/gain_m1.bin]
  detector_photon_energy_kev: 12.4
  delivery: all
`,
  );
  return path;
}
