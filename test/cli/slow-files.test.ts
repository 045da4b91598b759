import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";
import { writeSlowDarkFile } from "../helpers/raw-hdf5.js";
import { writeRun } from "../helpers/raw-recordings.js";

const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

/** More recordings than can be opened within a minute. */
const RECORDINGS = 100_000;

for (const [command, ...options] of [
  ["monitor"],
  ["check"],
  ["receive"],
  ["dark", "--out", "darks"],
  ["replay"],
  ["show", "1"],
] as const) {
  test(`Ctrl-C ends \`${command}\` at once while it opens many recordings`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeRun(folder, { frames: () => [{ number: 1 }] });
    await writeFile(join(folder, "runs.txt"), "run_master_0.json\n".repeat(RECORDINGS));
    await writeFile(
      join(folder, "monitor.yaml"),
      `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id], detector_calibration: false}
`,
    );
    const args = [inPackage("dist/src/cli/main.js"), command, "runs.txt", ...options];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    t.teardown(() => child.kill("SIGKILL"));
    await delay(2500);
    t.is(child.exitCode, null, "it is still opening them");
    const exit = once(child, "exit");
    const asked = performance.now();
    child.kill("SIGINT");
    t.deepEqual(await exit, [null, "SIGINT"]);
    t.true(performance.now() - asked < 2000);
  });
}

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
