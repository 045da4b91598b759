import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";
import { until } from "../helpers/until.js";

const MAIN = inPackage("dist/src/cli/main.js");
const NOBODY = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";
const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}
`;
/** A monitor that has lost who started it is to be gone within this. */
const SOON_MS = 2000;

/** A monitor that waits for its first frame, with its log and its output in files, and whatever started it. */
class StartedMonitor {
  readonly #folder: string;
  readonly starter: ChildProcess;
  readonly pid: number;

  private constructor(folder: string, starter: ChildProcess, pid: number) {
    this.#folder = folder;
    this.starter = starter;
    this.pid = pid;
  }

  /** Start it with a program in a folder where `npx om-jungfrau` finds it; resolves when it listens to signals. */
  static async start(
    t: ExecutionContext,
    program: string,
    args: readonly string[],
    { stdin = "ignore", ...options }: SpawnOptions & { stdin?: "ignore" | number } = {},
  ): Promise<StartedMonitor> {
    const folder = await temporaryFolder(t);
    const bin = join(folder, "node_modules", ".bin", "om-jungfrau");
    await mkdir(join(bin, ".."), { recursive: true });
    const script = `#!/usr/bin/env node
      require("node:fs").writeFileSync(${JSON.stringify(join(folder, "pid"))}, String(process.pid));
      import(${JSON.stringify(MAIN)});`;
    await writeFile(bin, script);
    await chmod(bin, 0o755);
    await writeFile(join(folder, "package.json"), "{}");
    await writeFile(join(folder, "monitor.yaml"), RAW);
    const file = (name: string) => openSync(join(folder, name), "w");
    const starter = spawn(program, args, {
      cwd: folder,
      stdio: [stdin, file("out"), file("log")],
      ...options,
    });
    const log = () => readFile(join(folder, "log"), "utf8");
    await until(async () => (await log()).includes("Waiting for the first frame"));
    const pid = Number(await readFile(join(folder, "pid"), "utf8"));
    const monitor = new StartedMonitor(folder, starter, pid);
    t.teardown(() => {
      if (monitor.isRunning) process.kill(pid, "SIGKILL");
      starter.kill("SIGKILL");
    });
    return monitor;
  }

  /** One that has ended stays in the table of processes, in state Z, until its new parent has taken notice. */
  get isRunning(): boolean {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${this.pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  }

  output(): Promise<string> {
    return readFile(join(this.#folder, "out"), "utf8");
  }

  log(): Promise<string> {
    return readFile(join(this.#folder, "log"), "utf8");
  }
}

const SHELL_LINE = `'om-jungfrau' monitor ${NOBODY}`;
const NPX = ["om-jungfrau", "monitor", NOBODY];

/** The monitor ends soon, and in good order. */
async function endsWell(t: ExecutionContext, monitor: StartedMonitor, why: RegExp): Promise<void> {
  const since = performance.now();
  await until(() => !monitor.isRunning);
  t.true(performance.now() - since < SOON_MS, String(performance.now() - since));
  t.regex(await monitor.output(), /^Ended after 0 events\.$/m);
  t.regex(await monitor.log(), why);
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  test.serial(`${signal} ends a monitor as Ctrl-C does`, async (t) => {
    const monitor = await StartedMonitor.start(t, "sh", ["-c", `exec node_modules/.bin/${SHELL_LINE}`]);
    monitor.starter.kill(signal);
    t.deepEqual(await once(monitor.starter, "exit"), [0, null]);
    await endsWell(t, monitor, new RegExp(`Ending: ${signal}$`, "m"));
  });
}

test.serial("a monitor whose terminal is closed ends in good order, and is not aborted", async (t) => {
  // What `script` runs has a terminal, which is closed when `script` is killed.
  const line = `exec node_modules/.bin/${SHELL_LINE} 2> log`;
  const monitor = await StartedMonitor.start(t, "script", ["-q", "-c", line, "typescript"]);
  monitor.starter.kill("SIGKILL");
  await until(() => !monitor.isRunning);
  const lines = (await monitor.log()).trimEnd().split("\n");
  t.regex(lines.at(-1) ?? "", /Ending: SIGHUP$/);
});

for (const signal of ["SIGTERM", "SIGHUP", "SIGKILL"] as const) {
  test.serial(`a monitor ends when ${signal} has ended the npx that started it`, async (t) => {
    const monitor = await StartedMonitor.start(t, "npx", NPX);
    monitor.starter.kill(signal);
    await endsWell(t, monitor, /Ending: (?:npx has gone|SIGTERM)$/m);
  });
}

/** Of the processes of a script, those that are to stay: what starts them, and the signal that all of them get. */
const LEFT_ALONE: [what: string, shell: string, line: string, signal: NodeJS.Signals, input?: "w"][] = [
  ["nohup", "bash", `nohup node_modules/.bin/${SHELL_LINE} & wait`, "SIGHUP"],
  ["nohup and npx", "bash", `nohup npx ${SHELL_LINE} & wait`, "SIGHUP"],
  ["nohup at a terminal", "sh", `node_modules/.bin/${SHELL_LINE}`, "SIGHUP", "w"],
  ["setsid", "sh", `setsid node_modules/.bin/${SHELL_LINE} & wait`, "SIGTERM"],
];
for (const [what, shell, line, signal, input] of LEFT_ALONE) {
  test.serial(`a monitor that ${what} has started survives the terminal and its script`, async (t) => {
    const stdin = input === undefined ? "ignore" : openSync("/dev/null", input);
    const monitor = await StartedMonitor.start(t, shell, ["-c", line], { stdin, detached: true });
    process.kill(-(monitor.starter.pid as number), signal);
    await once(monitor.starter, "exit").catch(() => undefined);
    await delay(SOON_MS); // for nothing to happen
    t.true(monitor.isRunning);
    process.kill(monitor.pid, "SIGTERM");
    await endsWell(t, monitor, /Ending: SIGTERM$/m);
    t.notRegex(await monitor.log(), /SIGHUP|npx/);
  });
}

for (const event of ["start", "npx"]) {
  test.serial(
    `a monitor in the background outlives the ${event === "npx" ? "command of npx -c" : "script of npm"} that started it`,
    async (t) => {
      const env = { ...process.env, npm_lifecycle_event: event, npm_lifecycle_script: `${SHELL_LINE} &` };
      const monitor = await StartedMonitor.start(
        t,
        "sh",
        ["-c", `node_modules/.bin/${SHELL_LINE} & sleep 0.1`],
        { env },
      );
      await delay(SOON_MS); // for nothing to happen
      t.true(monitor.isRunning);
      process.kill(monitor.pid, "SIGTERM");
      await endsWell(t, monitor, /Ending: SIGTERM$/m);
    },
  );
}
