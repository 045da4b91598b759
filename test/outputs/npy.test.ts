import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { FrameWriter } from "../../src/outputs/npy.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { inPackage } from "../helpers/package-root.js";
import { until } from "../helpers/until.js";

const FRAME_BYTES = 128 + 4 * 1024 * 1024;

/** A monitor on a simulated detector, started by a line of shell, and the folder that it writes frames to. */
async function writingMonitor(t: ExecutionContext, shell: string) {
  const folder = await temporaryFolder(t);
  const args = ["--json", "--wait", "--ports", "0,0", "--rate", "100", "--out", folder];
  const simulator = new Command(t, ["simulate", ...args]);
  const { source, configuration } = JSON.parse(await simulator.line(/source/));
  const frames = join(folder, "frames");
  const main = inPackage("dist/src/cli/main.js");
  const monitor: ChildProcess = spawn(
    "sh",
    ["-c", shell, process.execPath, main, "monitor", "-c", configuration, source, "--npy", frames],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  t.teardown(() => monitor.kill("SIGKILL"));
  return { monitor, frames };
}

const textOf = (stream: ChildProcess["stdout"]) => text(stream as NonNullable<typeof stream>);

test("frames of several sources carry their names, also in an event of which one has failed", async (t) => {
  const folder = await temporaryFolder(t);
  const writer = await FrameWriter.open(folder, new RecordingLogger());
  const frame = { data: new Uint16Array(4), dtype: "uint16", shape: [2, 2], unit: "raw" } as const;
  const write = (frameNumber: bigint, data: Record<string, unknown>) =>
    writer.write({ event: { frameNumber, timestampSeconds: 0 }, data });
  await write(1n, { raw: frame, timestamp: 5 });
  await write(2n, { raw: frame, timestamp: 5, detector_data: frame });
  await write(3n, { raw: frame });
  t.deepEqual((await readdir(folder)).sort(), ["1.npy", "2_detector_data.npy", "2_raw.npy", "3_raw.npy"]);
});

test.serial("a monitor whose disk is full ends with an error, and leaves no half frame", async (t) => {
  // The limit is in blocks of at most 1024 bytes; what goes beyond fails with EFBIG, as a full disk does with ENOSPC.
  const { monitor, frames } = await writingMonitor(t, 'ulimit -f 2000; exec "$0" "$@"');
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(monitor.stdout),
    textOf(monitor.stderr),
    once(monitor, "exit"),
  ]);
  t.is(code, 1, stderr);
  t.regex(stderr, /error HOST_OUTPUT_FAILED: Cannot write '.*\d+\.npy': EFBIG/);
  t.regex(stdout, /^Ended after /m);
  t.deepEqual(await readdir(frames), []);
});

test.serial("a monitor that is ended while it writes has written whole frames alone", async (t) => {
  const { monitor, frames } = await writingMonitor(t, 'exec "$0" "$@"');
  await until(async () => (await readdir(frames).catch(() => [])).some((name) => name.endsWith(".part")));
  monitor.kill("SIGTERM");
  t.deepEqual(await once(monitor, "exit"), [0, null]);
  const names = await readdir(frames);
  t.true(names.length > 0);
  for (const name of names) {
    t.regex(name, /^\d+\.npy$/);
    t.is((await stat(join(frames, name))).size, FRAME_BYTES, name);
  }
});
