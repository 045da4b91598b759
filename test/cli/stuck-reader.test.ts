import { spawn } from "node:child_process";
import test from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";
import { until } from "../helpers/until.js";

test.serial("/healthz tells of a reader of --json that is stuck, and of its recovery", async (t) => {
  const folder = await temporaryFolder(t);
  const simulate = ["simulate", "--json", "--wait", "--ports", "0,0", "--rate", "200", "--out", folder];
  const simulator = new Command(t, simulate);
  const { source, configuration } = JSON.parse(await simulator.line(/source/));
  const args = ["monitor", "-c", configuration, source, "--json", "--metrics", "0"];
  const monitor = spawn(process.execPath, [inPackage("dist/src/cli/main.js"), ...args]);
  t.teardown(() => monitor.kill("SIGKILL"));
  let log = "";
  monitor.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const healthUrl = () => /health on (\S+)/.exec(log)?.[1] ?? "";
  await until(() => healthUrl() !== "");
  const health = async () => {
    const answer = await fetch(healthUrl());
    return `${answer.status} ${await answer.text()}`;
  };
  const STUCK =
    /^503 \{"state":"stalled","message":"stalled: the reader of standard output has taken nothing for \d+ s, and the monitor/;
  let answer = "";
  await until(async () => {
    answer = await health();
    return answer.startsWith("503");
  });
  t.regex(answer, STUCK);
  monitor.stdout.resume();
  await until(async () => {
    answer = await health();
    return answer.startsWith("200");
  });
  t.regex(answer, /"state":"streaming"/);
});
