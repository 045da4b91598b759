import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PLUGIN_FOLDER } from "./plugin-folder.mjs";
import { temporaryFolder } from "./temporary-files.mjs";

/** Ends a test that waits for what never comes. */
export const HANGS = { timeout: 60_000 };

/**
 * Start the package's own simulated detector, through the command that its package.json names.
 *
 * @returns `source`, and `configuration`, which has its constants files and spots.json beside it; ended after the test
 */
export async function startSimulator(t) {
  const folder = temporaryFolder(t);
  const { bin } = JSON.parse(readFileSync(join(PLUGIN_FOLDER, "package.json"), "utf8"));
  const args = ["simulate", "--json", "--ports", "0,0", "--rate", "20", "--out", folder];
  const child = spawn(process.execPath, [join(PLUGIN_FOLDER, bin["om-jungfrau"]), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(([code]) => {
      throw new Error(`the simulator ended with ${code}`);
    }),
  ]);
  return JSON.parse(line);
}
