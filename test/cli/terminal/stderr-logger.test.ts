import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../../helpers/constants-files.js";
import { inPackage } from "../../helpers/package-root.js";

const MODULE = JSON.stringify(pathToFileURL(inPackage("dist/src/cli/terminal/stderr-logger.js")).href);
const SCRIPT = `
  import { logToStderr, stderrLogger } from ${MODULE};
  const logger = stderrLogger({ verbose: true });
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  logToStderr("e");`;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d) /;
const LINES = ["debug: a", "b", "warning: c", "error: d", "e"];

/** What is logged to a file; `environment` is told the file's device and inode, as systemd tells those of its journal. */
async function logged(
  t: ExecutionContext,
  environment: (stream: string) => Record<string, string>,
): Promise<string[]> {
  const path = join(await temporaryFolder(t), "log");
  const file = openSync(path, "w");
  const { dev, ino } = await stat(path);
  spawnSync(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    stdio: ["ignore", "ignore", file],
    env: environment(`${dev}:${ino}`),
  });
  return (await readFile(path, "utf8")).trimEnd().split("\n");
}

for (const [zone, offset] of [
  ["UTC", "+00:00"],
  ["Asia/Kolkata", "+05:30"],
  ["America/St_Johns", "-0[23]:30"],
]) {
  test(`lines of the log carry the local time with its offset, ${zone}`, async (t) => {
    const before = Date.now();
    const lines = await logged(t, () => ({ TZ: zone as string }));
    t.deepEqual(
      lines.map((line) => line.replace(TIME, "")),
      LINES,
    );
    for (const line of lines) {
      const [, time = ""] = TIME.exec(line) ?? [];
      t.regex(time, new RegExp(`${offset?.replace("+", "\\+")}$`));
      // Two clocks, that of the process's start and this one, agree to the millisecond or so.
      t.true(Date.parse(time) >= before - 50 && Date.parse(time) <= Date.now() + 50, time);
    }
  });
}

test("a journal that notes the time itself gets none, but a file that took its place does", async (t) => {
  t.deepEqual(await logged(t, (stream) => ({ JOURNAL_STREAM: stream })), LINES);
  for (const line of await logged(t, () => ({ JOURNAL_STREAM: "8:4711" }))) t.regex(line, TIME);
});
