import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import test from "ava";
import { inPackage } from "../../helpers/package-root.js";

const MODULE = JSON.stringify(pathToFileURL(inPackage("dist/src/cli/terminal/stderr-logger.js")).href);

/** Times of a zone, which a process takes from its environment when it starts. */
function timesIn(zone: string, ...times: string[]): string[] {
  const script = `
    import { localTime } from ${MODULE};
    for (const time of process.argv.slice(1)) console.log(localTime(new Date(time)));`;
  const args = ["--input-type=module", "--eval", script, ...times];
  const env = { ...process.env, TZ: zone };
  return execFileSync(process.execPath, args, { encoding: "utf8", env }).trimEnd().split("\n");
}

test("a local time has the offset that holds at that time", (t) => {
  t.deepEqual(timesIn("Europe/Zurich", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00Z"), [
    "2026-03-29T01:59:59.999+01:00",
    "2026-03-29T03:00:00.000+02:00",
  ]);
  t.deepEqual(timesIn("America/St_Johns", "2026-01-01T00:00:00.5Z"), ["2025-12-31T20:30:00.500-03:30"]);
});
