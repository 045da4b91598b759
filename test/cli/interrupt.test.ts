import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import test from "ava";
import { inPackage } from "../helpers/package-root.js";

test("the first Ctrl-C asks for an end, the second is one", async (t) => {
  const module = pathToFileURL(inPackage("dist/src/cli/interrupt.js")).href;
  const script = `
    import { interruptSignal } from ${JSON.stringify(module)};
    interruptSignal().addEventListener("abort", () => console.log("ending"));
    setInterval(() => {}, 1000);
    console.log("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  t.regex(String(await once(child.stdout, "data")), /ready/);
  child.kill("SIGINT");
  t.regex(String(await once(child.stdout, "data")), /ending/);
  child.kill("SIGINT");
  t.deepEqual(await once(child, "exit"), [130, null]);
});

test("Ctrl-C that npm hands on, and that the terminal has sent already, is one", async (t) => {
  const module = pathToFileURL(inPackage("dist/src/cli/interrupt.js")).href;
  const script = `
    import { interruptSignal } from ${JSON.stringify(module)};
    const ended = setTimeout(() => {}, 60_000);
    interruptSignal().addEventListener("abort", () => {
      console.log("ending");
      setTimeout(() => clearTimeout(ended), 300);
    });
    console.log("ready");`;
  const npm = `
    process.title = "npm exec test";
    const child = require("node:child_process").spawn(process.execPath, process.argv.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", () => child.kill("SIGINT"));
    child.on("exit", (code) => process.exit(code));`;
  const args = ["--eval", npm, "--", "--input-type=module", "--eval", script];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  t.deepEqual(await once(parent, "exit"), [0, null]);
});
