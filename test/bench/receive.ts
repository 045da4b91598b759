import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import { machine, progress } from "./report.js";
import { Bench, type Trial } from "./sustained-rate.js";

/*
 * How many frames a second a receiver and the monitors behind it take, all of them and the sender on this machine: so the
 * processors are shared by more and more, and the figures say what sharing costs, not what more machines bring.
 *
 *   npm run bench:receive            a table
 *   npm run bench:receive -- --json  the same for programs
 */
const MONITORS = [1, 2, 4];
const FORMATS = ["parts", "om"];

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const configuration = await writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, imageCount: 4 }));

const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);

interface Row {
  readonly format: string;
  readonly monitors: number;
  readonly trial: Trial;
  readonly receiverCpuMsPerFrame: number;
}

const rows: Row[] = [];
for (const format of FORMATS) {
  for (const count of MONITORS) {
    progress(`${format}, ${count} monitors`);
    const receiver = new BenchChild("receiver", [format, source]);
    const { url } = await receiver.ask<{ url: string }>();
    const monitors = Array.from(
      { length: count },
      () => new BenchChild("monitor", ["monitor", url, configuration]),
    );
    await Promise.all(monitors.map((monitor) => monitor.ask<Seen>()));
    await delay(500);
    await bench.run(monitors, 100, 1);
    const { offeredHz } = await bench.sustainedRate(monitors, 1, 300);
    await receiver.ask();
    const trial = await bench.run(monitors, offeredHz);
    const { cpuMs } = await receiver.ask<{ cpuMs: number }>();
    rows.push({ format, monitors: count, trial, receiverCpuMsPerFrame: cpuMs / trial.frames });
    for (const child of [receiver, ...monitors]) await child.stop();
  }
}
await sender.stop();
progress("");

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ machine: machine(), rows }));
} else {
  console.log(`${machine()}; sender, receiver and monitors share it`);
  console.table(
    rows.map(({ format, monitors, trial, receiverCpuMsPerFrame }) => ({
      format,
      monitors,
      "frames/s without loss": trial.offeredHz.toFixed(0),
      "each monitor's share": trial.seen.map(({ delivered }) => delivered).join(" "),
      "receiver's CPU ms/frame": receiverCpuMsPerFrame.toFixed(2),
      "monitors'": trial.cpuMsPerFrame.toFixed(2),
      // OM's pickles have no ticks to measure against.
      "p50 ms":
        format === "om" ? "" : Math.max(...trial.seen.map(({ latencyMs }) => latencyMs.p50)).toFixed(1),
      "p99 ms":
        format === "om" ? "" : Math.max(...trial.seen.map(({ latencyMs }) => latencyMs.p99)).toFixed(1),
    })),
  );
}
process.exit();
