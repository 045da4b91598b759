import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";

const MAIN = inPackage("dist/src/cli/main.js");

/** A full disk: what is written there fails with ENOSPC. */
async function onFullDisk(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const shell = ["-c", 'exec "$0" "$@" > /dev/full', process.execPath, MAIN, ...args];
  const child = spawn("sh", shell, { stdio: ["ignore", "ignore", "pipe"] });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { code, stderr };
}

const MESSAGE = /^\S+ error HOST_OUTPUT_FAILED: Cannot write to standard output: ENOSPC.*Make room/m;

test("standard output on a full disk is an error", async (t) => {
  const folder = await temporaryFolder(t);
  const keygen = await onFullDisk(["keygen", join(folder, "monitor")]);
  t.is(keygen.code, 1);
  t.regex(keygen.stderr, MESSAGE);
});

test("a monitor that cannot write its lines ends, and does not wait for more events", async (t) => {
  const folder = await temporaryFolder(t);
  const simulate = ["simulate", "--json", "--wait", "--ports", "0,0", "--rate", "20", "--out", folder];
  const simulator = spawn(process.execPath, [MAIN, ...simulate], { stdio: ["ignore", "pipe", "ignore"] });
  t.teardown(() => simulator.kill("SIGKILL"));
  const { source, configuration } = JSON.parse(String(await once(simulator.stdout, "data")));
  const monitor = await onFullDisk(["monitor", "-c", configuration, source, "--json"]);
  t.is(monitor.code, 1);
  t.regex(monitor.stderr, MESSAGE);
});

/** Writes lines until it is interrupted, and then a summary; its reader has not begun to read. */
function writer(t: ExecutionContext): ChildProcess {
  const module = (name: string) => JSON.stringify(pathToFileURL(inPackage("dist/src", name)).href);
  const script = `
    import { interruptSignal } from ${module("cli/interrupt.js")};
    import { finishOutput, Output } from ${module("outputs/stdout.js")};
    const signal = interruptSignal();
    const output = new Output(signal);
    signal.addEventListener("abort", () => console.error("ending"));
    const stuck = setInterval(() => process.stdout.writableLength > 0 && console.error("stuck"), 20);
    for (let index = 0; !signal.aborted; index++) {
      await output.write(JSON.stringify({ index, text: "x".repeat(1000) }) + "\\n");
    }
    clearInterval(stuck);
    await output.write('{"summary":{}}\\n');
    await finishOutput(signal);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  t.teardown(() => child.kill("SIGKILL"));
  return child;
}

test("after Ctrl-C a slow reader still gets whole lines, and the summary", async (t) => {
  const child = writer(t);
  await once(child.stderr as NodeJS.ReadableStream, "data");
  child.kill("SIGINT");
  const lines = (await text(child.stdout as NodeJS.ReadableStream)).split("\n");
  t.is(lines.pop(), "");
  t.is(lines.pop(), '{"summary":{}}');
  t.true(lines.length > 60);
  for (const [index, line] of lines.entries()) t.is(JSON.parse(line).index, index);
});

test("after Ctrl-C a reader that is stuck does not keep the process", async (t) => {
  const child = writer(t);
  await once(child.stderr as NodeJS.ReadableStream, "data");
  child.kill("SIGINT");
  t.deepEqual(await once(child, "exit"), [0, null]);
});

test("the second Ctrl-C ends a process whose reader is stuck", async (t) => {
  const child = writer(t);
  await once(child.stderr as NodeJS.ReadableStream, "data");
  child.kill("SIGINT");
  for await (const line of child.stderr as NodeJS.ReadableStream) if (String(line).includes("ending")) break;
  child.kill("SIGINT");
  t.deepEqual(await once(child, "exit"), [130, null]);
});
