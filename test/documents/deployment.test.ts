import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";

const unit = readFileSync(inPackage("docs", "deployment", "om-jungfrau.service"), "utf8");
const dockerfile = readFileSync(inPackage("docs", "deployment", "Dockerfile"), "utf8");
const INSTALLED = "node_modules/om-jungfrau-zmq/dist/src/cli/main.js";

/** The words of an instruction of the Dockerfile that is written as a list. */
function wordsOf(instruction: string): string[] {
  const [, words = ""] = new RegExp(`^${instruction} .*?(\\[.*\\])$`, "m").exec(dockerfile) ?? [];
  return JSON.parse(words);
}

test("the unit's command runs, with metrics and view, and so does the container's with its health check", async (t) => {
  const folder = await temporaryFolder(t);
  const detector = new Command(t, ["simulate", "--json", "--wait", "--ports", "0,0", "--out", folder]);
  const { source } = JSON.parse(await detector.line(/source/));
  const [, start = ""] = /^ExecStart=\/usr\/bin\/node \S+ (.*)$/m.exec(unit) ?? [];
  t.true(unit.includes(INSTALLED));
  t.deepEqual(wordsOf("ENTRYPOINT"), ["node", `/opt/om-jungfrau/${INSTALLED}`]);
  for (const words of [start.split(" "), wordsOf("CMD")]) {
    const args = words.map((word) =>
      word
        .replace(/^\S*monitor\.yaml$/, join(folder, "monitor.yaml"))
        .replace(/^\$\{SOURCE\}$|^tcp:.*/, source)
        .replace(/^(0\.0\.0\.0:)?(?:9100|8123)$/, "$10"),
    );
    const monitor = new Command(t, args);
    await monitor.line(/"event_id"/);
    const [, metrics = ""] = await monitor.logged(/^Metrics on (\S+)\/metrics/m);
    const url = metrics.replace(/\/\/[^:]+:/, "//127.0.0.1:");
    const [node = "", option = "", script = ""] = wordsOf("HEALTHCHECK");
    const health = (at: string) =>
      spawnSync(node, [option, script.replace("http://127.0.0.1:9100", at)], { timeout: 20_000 }).status;
    t.is(health(url), 0);
    monitor.interrupt();
    t.is(await monitor.ended(), 0, monitor.stderr);
    t.is(health(url), 1);
  }
});

test("systemd finds no fault in the unit, where there is a systemd", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "om-jungfrau.service");
  const here = unit.replaceAll("/usr/bin/node", process.execPath);
  await writeFile(path, here);
  const analyze = (file: string) => spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  const { error, stdout, stderr, status } = analyze(path);
  if (error !== undefined) {
    // Without it the file is still one of sections and settings. CI installs it for a second run.
    t.falsy(process.env.OM_JUNGFRAU_SYSTEMD, "Install Debian's package systemd");
    for (const line of unit.split("\n")) t.regex(line, /^(#.*|\[\w+\]|\w+=.+)?$/);
    return;
  }
  t.is(status, 0, stdout + stderr);
  t.false(stderr.includes("om-jungfrau.service"), stderr);
  await writeFile(path, here.replace("Restart=on-failure", "Restart=sometimes"));
  t.regex(analyze(path).stderr, /sometimes/);
});
