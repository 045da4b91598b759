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
