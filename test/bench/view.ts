import { setTimeout as delay } from "node:timers/promises";
import { writeBenchFiles } from "./bench-files.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import type { PagesSeen } from "./pages.js";
import { machine, progress } from "./report.js";
import { Bench } from "./sustained-rate.js";

/*
 * What the live view costs a monitor: the highest rate without loss, calibrated, with no view, and with 0, 1 and 10 pages
 * open; and what is shown at that rate and at 100 Hz. In turns, because other work on the machine comes and goes. The pages
 * stand in a process on this machine and draw nothing, so they take all that they can get.
 *
 *   npm run bench:view            tables
 *   npm run bench:view -- --json  the same for programs
 */
const PAGES = [undefined, 0, 1, 10] as const;
const ROUNDS = 3;
const SHOWN_AT_HZ = 100;

const { all: configuration } = (await writeBenchFiles()).configurations;
const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);

/** What was seen at one rate. */
interface Shown {
  readonly monitorCpuMsPerFrame: number;
  readonly shownHz: number;
  readonly megabytesPerSecond: number;
  readonly pagesCpuMsPerShown: number;
}

interface Round {
  readonly highestHz: number;
  readonly atHighest: Shown;
  readonly at100Hz: Shown;
}

async function round(pageCount: number | undefined): Promise<Round> {
  const mode = pageCount === undefined ? "monitor" : "view";
  const monitor = new BenchChild("monitor", [mode, source, configuration]);
  const { viewUrl } = await monitor.ask<Seen>();
  const pages = pageCount ? new BenchChild("pages", [viewUrl as string, String(pageCount)]) : undefined;
  await pages?.ask<PagesSeen>();
  await delay(500);
  await bench.run([monitor], 100, 1);
  const { offeredHz } = await bench.sustainedRate([monitor], 500);
  const shownAt = async (rateHz: number): Promise<Shown> => {
    await pages?.ask<PagesSeen>();
    const trial = await bench.run([monitor], rateHz);
    const { frames, bytes, cpuMs } = (await pages?.ask<PagesSeen>()) ?? { frames: 0, bytes: 0, cpuMs: 0 };
    const seconds = trial.frames / trial.sentHz;
    return {
      monitorCpuMsPerFrame: trial.cpuMsPerFrame,
      shownHz: frames / seconds,
      megabytesPerSecond: bytes / seconds / 1e6,
      pagesCpuMsPerShown: cpuMs / (frames || 1),
    };
  };
  const atHighest = await shownAt(offeredHz);
  const at100Hz = await shownAt(SHOWN_AT_HZ);
  await pages?.stop();
  await monitor.stop();
  return { highestHz: offeredHz, atHighest, at100Hz };
}

const rounds = new Map<(typeof PAGES)[number], Round[]>(PAGES.map((count) => [count, []]));
for (let turn = 0; turn < ROUNDS; turn++) {
  for (const count of PAGES) {
    progress(`round ${turn + 1} of ${ROUNDS}, ${count === undefined ? "no view" : `${count} pages`}`);
    rounds.get(count)?.push(await round(count));
  }
}
await sender.stop();
progress("");

const nameOf = (count: number | undefined) => (count === undefined ? "no view" : String(count));
if (process.argv.includes("--json")) {
  const results = [...rounds].map(([count, results]) => ({ pages: nameOf(count), rounds: results }));
  console.log(JSON.stringify({ machine: machine(), results }));
} else {
  const without = rounds.get(undefined) as Round[];
  console.log(`${machine()}; sender, monitor and pages share it; medians of ${ROUNDS} rounds`);
  console.log("Highest rate without loss:");
  console.table(
    [...rounds].map(([count, results]) => ({
      "pages open": nameOf(count),
      "frames/s": median(results.map(({ highestHz }) => highestHz)).toFixed(0),
      // Of the same turn: what else the machine did then, it did to both.
      "of that without view": median(
        results.map(({ highestHz }, turn) => highestHz / (without[turn] as Round).highestHz),
      ).toFixed(2),
      rounds: results.map(({ highestHz }) => highestHz.toFixed(0)).join(" "),
    })),
  );
  for (const [title, key] of [
    ["Shown at that rate", "atHighest"],
    [`Shown at ${SHOWN_AT_HZ} Hz`, "at100Hz"],
  ] as const) {
    console.log(`${title}, in full resolution:`);
    console.table(
      [...rounds].map(([count, results]) => {
        const of = (value: keyof Shown) => median(results.map((result) => result[key][value]));
        return {
          "pages open": nameOf(count),
          "shown/s, all pages": of("shownHz").toFixed(1),
          "MB/s": of("megabytesPerSecond").toFixed(0),
          "pages' CPU ms a shown frame": of("pagesCpuMsPerShown").toFixed(2),
          "monitor's CPU ms/frame": of("monitorCpuMsPerFrame").toFixed(2),
        };
      }),
    );
  }
}
process.exit();

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
