import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import type { PagesSeen } from "./pages.js";
import { machine, progress } from "./report.js";
import { Bench } from "./sustained-rate.js";

/*
 * What the live view costs a monitor: how many of the frames that come are delivered, calibrated, with no view, and with
 * 0, 1 and 10 pages open; in turns, because other work on the machine comes and goes. The pages stand in a process on
 * this machine and draw nothing.
 *
 *   npm run bench:view            a table
 *   npm run bench:view -- --json  the same for programs
 */
const PAGES = [undefined, 0, 1, 10] as const;
const ROUNDS = 5;
const SECONDS = 3;
/** At the first rate a monitor is busy for a part of its time, at the second it is overrun. */
const RATES_HZ = [100, 2000];

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const configuration = await writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, imageCount: 4 }));
const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);

interface Round {
  readonly deliveredHz: number;
  readonly cpuMsPerFrame: number;
  readonly shownHz: number;
  readonly megabytesPerSecond: number;
  readonly pagesCpuMsPerFrame: number;
}

async function round(pageCount: number | undefined, rateHz: number): Promise<Round> {
  const monitor = new BenchChild("monitor", [
    pageCount === undefined ? "monitor" : "view",
    source,
    configuration,
  ]);
  const { viewUrl } = await monitor.ask<Seen>();
  const pages = pageCount ? new BenchChild("pages", [viewUrl as string, String(pageCount)]) : undefined;
  await pages?.ask<PagesSeen>();
  await delay(500);
  await bench.run([monitor], 100, 1);
  await pages?.ask<PagesSeen>();
  const trial = await bench.run([monitor], rateHz, SECONDS);
  const seen = await pages?.ask<PagesSeen>();
  await pages?.stop();
  await monitor.stop();
  const seconds = trial.frames / trial.sentHz;
  return {
    deliveredHz: trial.delivered / seconds,
    cpuMsPerFrame: (trial.cpuMsPerFrame * trial.frames) / trial.delivered,
    shownHz: (seen?.frames ?? 0) / seconds,
    megabytesPerSecond: (seen?.bytes ?? 0) / seconds / 1e6,
    pagesCpuMsPerFrame: (seen?.cpuMs ?? 0) / (seen?.frames || 1),
  };
}

const rows = [];
for (const rateHz of RATES_HZ) {
  const rounds = new Map<(typeof PAGES)[number], Round[]>(PAGES.map((count) => [count, []]));
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const count of PAGES) {
      progress(`${rateHz} Hz, round ${turn + 1} of ${ROUNDS}, ${count ?? "no view"} pages`);
      rounds.get(count)?.push(await round(count, rateHz));
    }
  }
  const without = rounds.get(undefined) as Round[];
  for (const [count, results] of rounds) {
    const of = (key: keyof Round) => median(results.map((result) => result[key]));
    rows.push({
      rateHz,
      pages: count ?? "no view",
      deliveredHz: of("deliveredHz"),
      // Of the same turn: what else the machine did then, it did to both.
      ratio: median(
        results.map(({ deliveredHz }, turn) => deliveredHz / (without[turn] as Round).deliveredHz),
      ),
      cpuMsPerFrame: of("cpuMsPerFrame"),
      shownHz: of("shownHz"),
      megabytesPerSecond: of("megabytesPerSecond"),
      pagesCpuMsPerFrame: of("pagesCpuMsPerFrame"),
    });
  }
}
await sender.stop();
progress("");

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ machine: machine(), rows }));
} else {
  console.log(`${machine()}; sender, monitor and pages share it; medians of ${ROUNDS} rounds`);
  console.table(
    rows.map((row) => ({
      "sent Hz": row.rateHz,
      "pages open": row.pages,
      "delivered Hz": row.deliveredHz.toFixed(0),
      "of that without view": row.ratio.toFixed(3),
      "monitor's CPU ms/frame": row.cpuMsPerFrame.toFixed(2),
      "shown Hz, all pages": row.shownHz.toFixed(1),
      "MB/s": row.megabytesPerSecond.toFixed(0),
      "pages' CPU ms/frame": row.pagesCpuMsPerFrame.toFixed(2),
    })),
  );
}
process.exit();

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
