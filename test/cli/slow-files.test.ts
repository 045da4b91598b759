import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";
import { writeSlowDarkFile } from "../helpers/raw-hdf5.js";

const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

for (const [command, signal] of [
  ["monitor", "SIGINT"],
  ["monitor", "SIGTERM"],
  ["check", "SIGINT"],
  ["check", "SIGTERM"],
] as const) {
  test(`${signal} ends \`${command}\` at once while it reads constants for minutes`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeSlowDarkFile(join(folder, "dark.h5"), 200_000);
    const path = join(folder, "monitor.yaml");
    await writeFile(
      path,
      `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_units: adu}
calibration: {dark_filenames: [dark.h5, dark.h5]}
`,
    );
    const args = [inPackage("dist/src/cli/main.js"), command, "-v", "-c", path, NOBODY];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    t.teardown(() => child.kill("SIGKILL"));
    let log = "";
    for await (const text of child.stderr.setEncoding("utf8")) {
      log += text;
      if (log.includes("Calibrating with")) break;
    }
    t.regex(log, /Calibrating with/, "files are read from here on");
    await delay(1000);
    const exit = once(child, "exit");
    const asked = performance.now();
    child.kill(signal);
    t.deepEqual(await exit, [null, signal]);
    t.true(performance.now() - asked < 2000);
  });
}
