import { copyFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { Command } from "../helpers/command.js";
import { foldersWith } from "../helpers/constants-files.js";

const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";

const folderWithConstants = foldersWith((folder) =>
  writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, imageCount: 1 })),
);

/** A monitor that waits for its first frame on files of its own. */
async function waitingMonitor(t: ExecutionContext, ...args: string[]) {
  const folder = await folderWithConstants(t);
  const monitor = new Command(t, ["monitor", "-c", join(folder, "monitor.yaml"), NOBODY, ...args]);
  await monitor.logged(/Waiting for the first frame/);
  return { folder, monitor };
}

test("at SIGUSR2 constants are read again; a bad file leaves the old ones in use", async (t) => {
  const { folder, monitor } = await waitingMonitor(t);
  monitor.signal("SIGUSR2");
  await monitor.logged(/Constants were read again in \d+\.\d s, and are in use/);
  await writeFile(join(folder, "gain_m1.bin"), "no gains");
  monitor.signal("SIGUSR2");
  await monitor.logged(
    /error: Constants were not read again, the old ones stay in use: .*gain_m1\.bin' holds 8 bytes/,
  );
  monitor.signal("SIGTERM");
  t.is(await monitor.ended(), 0, monitor.stderr);
});

test("a file that changes is logged with what to do", async (t) => {
  const { folder, monitor } = await waitingMonitor(t);
  await utimes(join(folder, "dark_m1.h5"), 1, 2);
  await monitor.logged(
    /dark_m1\.h5 changed on disk\. To use it, run 'kill -USR2 \d+', or start with --reload-constants/,
  );
  t.notRegex(monitor.stderr, /read again in/);
});

test("with --reload-constants, a file that changes is read", async (t) => {
  const { folder, monitor } = await waitingMonitor(t, "--reload-constants");
  await copyFile(join(folder, "dark_m1.h5"), join(folder, "new.h5"));
  await rename(join(folder, "new.h5"), join(folder, "dark_m1.h5"));
  await monitor.logged(/dark_m1\.h5 changed on disk: reading constants again/);
  await monitor.logged(/Constants were read again/);
  t.notRegex(monitor.stderr, /kill/);
});

test("old darks are a warning of check", async (t) => {
  const folder = await folderWithConstants(t);
  await utimes(join(folder, "dark_m0.h5"), 1, 1e9);
  const check = new Command(t, ["check", "--json", "-c", join(folder, "monitor.yaml")]);
  t.is(await check.ended(), 0);
  const { warnings } = JSON.parse(check.stdout[0] ?? "");
  t.is(warnings.length, 1);
  t.regex(warnings[0], /dark_m0\.h5' was recorded at 2001-09-09T01:46:40Z, more than 2 hours ago/);
});
