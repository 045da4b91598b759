import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import test from "ava";
import { inPackage } from "../../helpers/package-root.js";

/** What a terminal is sent by a monitor that logs, streams, logs twice, streams and ends. */
function sent({ stderrIsTerminal }: { stderrIsTerminal: boolean }): string[] {
  const module = (name: string) => JSON.stringify(pathToFileURL(inPackage("dist/src", name)).href);
  const script = `
    import { Output } from ${module("outputs/stdout.js")};
    import { StatusDisplay } from ${module("cli/terminal/status-display.js")};
    import { stderrLogger } from ${module("cli/terminal/stderr-logger.js")};
    Object.assign(process.stdout, { isTTY: true, columns: 60 });
    process.stderr.isTTY = ${stderrIsTerminal};
    const write = process.stdout.write.bind(process.stdout);
    let shown = () => undefined;
    process.stdout.write = (text, taken) => {
      if (text !== "") setImmediate(() => shown());
      return write(text, taken);
    };
    const nextLine = () => new Promise((resolve) => (shown = resolve));
    const status = () => ({ state: "streaming", message: "streaming", counters: {} });
    const display = new StatusDisplay(status, new Output(new AbortController().signal));
    const logger = stderrLogger({ verbose: false });
    logger.info("start");
    display.write({ event: { frameNumber: 7n, timestampSeconds: Date.now() / 1000 }, data: {} });
    await nextLine();
    logger.warn("one");
    logger.warn("two");
    await nextLine();
    display.close();`;
  const shell = '"$0" --input-type=module --eval "$1" 2>&1';
  return execFileSync("sh", ["-c", shell, process.execPath, script], { encoding: "utf8" })
    .replaceAll("\r\x1b[K", "<<")
    .replaceAll(/\d+-\d+-\d+T\S+ /g, "TIME ")
    .replaceAll(/[\d.]+ events.*?\| (?=<<|TIME|$)/gm, "status")
    .split("\n");
}

test("a log line overwrites the status line of its terminal, and begins where that did", (t) => {
  const lines = ["TIME start", "<<status<<TIME warning: one", "TIME warning: two", "<<status", ""];
  t.deepEqual(sent({ stderrIsTerminal: true }), lines);
});

test("a log that goes elsewhere is left alone", (t) => {
  const lines = ["TIME start", "<<statusTIME warning: one", "TIME warning: two", "<<status", ""];
  t.deepEqual(sent({ stderrIsTerminal: false }), lines);
});
