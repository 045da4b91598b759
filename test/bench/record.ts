import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inPackage } from "../helpers/package-root.js";
import { writeBenchFiles } from "./bench-files.js";
import { Detector } from "./detector.js";
import { MeasuredProcess } from "./measured-process.js";
import { each, machine, progress, quantile } from "./report.js";

/*
 * How many frames per second `om-jungfrau record` writes without loss, beside `dd`, which only writes. The sender of detector.c
 * shares the machine. Both write into the page cache, as neither waits for the disk: `dd` runs a second time with conv=fdatasync,
 * for what the disk takes in the long run.
 *
 *   npm run bench:record                          a table, in some minutes
 *   npm run bench:record -- --folder /data/tmp    on another disk than that of temporary files
 *   npm run bench:record -- --quick --json        one run of each; for programs
 */
const FRAME_BYTES = 2 * (112 + 2 ** 20);
const RATES_HZ = [200, 300, 400, 600];

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: tmpdir() },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : 3;
const seconds = values.quick ? 2 : 3;
const files = await writeBenchFiles();
const detector = Detector.build(files.folder, files.frames);
const folder = mkdtempSync(join(values.folder, "om-jungfrau-record-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

interface RecordRun {
  readonly frames: number;
  readonly recorded: number;
  readonly cpuMsPerFrame: number;
  readonly peakMegabytes: number;
}

async function record(rateHz: number): Promise<RecordRun> {
  progress(`record at ${rateHz} frames/s`);
  const frames = Math.round(rateHz * seconds);
  const out = join(folder, "recording");
  const sender = await detector.sender();
  const recorder = new MeasuredProcess(process.execPath, [
    inPackage("dist", "src", "cli", "main.js"),
    "record",
    sender.source,
    "--out",
    out,
    "--json",
  ]);
  await sender.subscribed();
  const before = recorder.cpuMs();
  await sender.send(rateHz, frames);
  await recorder.idle();
  const cpuMs = recorder.cpuMs() - before;
  const peakMegabytes = recorder.peakMegabytes();
  await recorder.stop();
  await sender.stop();
  const { ports } = JSON.parse(await recorder.match(/"summary"/)).summary;
  const recorded = Math.min(...ports.map((port: { frames: number }) => port.frames));
  rmSync(out, { recursive: true });
  return { frames, recorded, cpuMsPerFrame: cpuMs / frames, peakMegabytes };
}

/** Bytes per second that `dd` writes. */
function dd(options: readonly string[]): number {
  const path = join(folder, "dd");
  const count = Math.round((300 * seconds * FRAME_BYTES) / 2 ** 24);
  const started = performance.now();
  const { status, stderr } = spawnSync("dd", [
    "if=/dev/zero",
    `of=${path}`,
    "bs=16M",
    `count=${count}`,
    ...options,
  ]);
  if (status !== 0) throw new Error(`dd: ${stderr}`);
  const bytesPerSecond = (1000 * statSync(path).size) / (performance.now() - started);
  rmSync(path);
  return bytesPerSecond;
}

const cached: number[] = [];
const synced: number[] = [];
const recorded = new Map<number, RecordRun[]>(RATES_HZ.map((rateHz) => [rateHz, []]));
for (let run = 0; run < runs; run++) {
  progress("dd");
  cached.push(dd([]) / FRAME_BYTES);
  synced.push(dd(["conv=fdatasync"]) / FRAME_BYTES);
  for (const rateHz of RATES_HZ) {
    const done = await record(rateHz);
    recorded.get(rateHz)?.push(done);
    // At a higher rate it would lose more.
    if (done.recorded < 0.9 * done.frames) break;
  }
}
progress("");

const rows = [...recorded].map(([rateHz, runs]) => ({ rateHz, runs })).filter(({ runs }) => runs.length > 0);
const lossless = (run: number) =>
  Math.max(
    0,
    ...rows.filter(({ runs }) => runs[run]?.recorded === runs[run]?.frames).map(({ rateHz }) => rateHz),
  );
const highest = cached.map((_, run) => lossless(run));
if (values.json) {
  console.log(JSON.stringify({ machine: machine(), highest, cached, synced, rows }));
} else {
  console.log(`${machine()}; the sender shares it; ${runs} runs of ${seconds} s; files in ${values.folder}`);
  console.table(
    rows.map(({ rateHz, runs }) => ({
      "frames/s sent": rateHz,
      "MB/s": ((rateHz * FRAME_BYTES) / 1e6).toFixed(0),
      "recorded %": each(
        runs.map(({ recorded, frames }) => (100 * recorded) / frames),
        1,
      ),
      "CPU ms/frame": each(
        runs.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
        2,
      ),
      "peak MB": each(
        runs.map(({ peakMegabytes }) => peakMegabytes),
        0,
      ),
    })),
  );
  console.log(`Highest rate without loss, frames/s: ${each(highest, 0)}`);
  console.log(
    `dd into the page cache, in frames/s: ${each(cached, 0)}; with conv=fdatasync: ${each(synced, 0)}`,
  );
  const ratio = (reference: readonly number[]) =>
    (quantile(highest, 0.5) / quantile(reference, 0.5)).toFixed(2);
  console.log(`Ratio of medians to dd: ${ratio(cached)}; with conv=fdatasync: ${ratio(synced)}`);
}
process.exit();
