import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import { machine, progress } from "./report.js";
import { Bench, type Trial } from "./sustained-rate.js";

/*
 * How many frames a second a monitor takes from the sockets to calibrated pixels, at what cost, and how late. Sender and
 * monitor are processes on this machine and share its processors.
 *
 *   npm run bench:stream            tables
 *   npm run bench:stream -- --json  the same for programs
 *
 * It takes about five minutes. Latency is measured from before the second module's frame is handed to ZeroMQ, so it
 * includes the sending.
 */
const LATENCY_RATES_HZ = [50, 100, 200, 400];
const LATENCY_SECONDS = 10;
const MEMORY_SECONDS = 60;
const MEMORY_RATE_HZ = 200;
/** A consumer that is too slow for every event. */
const SLOW = { workMs: 20, rateHz: 500 };

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const calibrated = await writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, imageCount: 4 }));

function configuration(name: string, delivery: string, requiredData: string): string {
  const path = join(dirname(calibrated), `${name}.yaml`);
  const text = readFileSync(calibrated, "utf8").replace(
    /required_data: .*/,
    `required_data: ${requiredData}\n  delivery: ${delivery}`,
  );
  writeFileSync(path, text);
  return path;
}
const ALL_DATA = "[timestamp, event_id, detector_data]";
const paired = configuration("paired", "all", "[event_id]");
const all = configuration("all", "all", ALL_DATA);
const latest = configuration("latest", "latest", ALL_DATA);

const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);

/** Run a step with a monitor of its own, which has connected and compiled its kernel before. */
async function withMonitor<T>(
  args: readonly string[],
  step: (monitor: BenchChild) => Promise<T>,
): Promise<T> {
  const monitor = new BenchChild("monitor", args);
  await monitor.ask<Seen>();
  await delay(500);
  await bench.run([monitor], 100, 1);
  try {
    return await step(monitor);
  } finally {
    await monitor.stop();
  }
}

const steps = [
  { step: "receiving", args: ["receive", source], perFrame: 2 },
  { step: "pairing", args: ["monitor", source, paired], perFrame: 1 },
  { step: "calibrated", args: ["monitor", source, all], perFrame: 1 },
];
const sustained: { step: string; trial: Trial }[] = [];
for (const { step, args, perFrame } of steps) {
  progress(`highest rate: ${step}`);
  const trial = await withMonitor(args, (monitor) => bench.sustainedRate([monitor], perFrame, 500));
  sustained.push({ step, trial });
}
const sustainedHz = sustained.at(-1)?.trial.offeredHz ?? 0;

const latency = await withMonitor(["monitor", source, latest], async (monitor) => {
  const trials: Trial[] = [];
  for (const rateHz of LATENCY_RATES_HZ) {
    progress(`latency: ${rateHz} Hz`);
    trials.push(await bench.run([monitor], rateHz, LATENCY_SECONDS));
  }
  return trials;
});

progress("twice the sustainable rate");
const overload = await withMonitor(["monitor", source, latest], (monitor) =>
  bench.run([monitor], 2 * sustainedHz),
);
progress("a slow consumer");
const slow = await withMonitor(["monitor", source, latest, String(SLOW.workMs)], (monitor) =>
  bench.run([monitor], SLOW.rateHz),
);
progress("memory over a minute");
const memory = await withMonitor(["monitor", source, latest], async (monitor) => {
  const rss: number[] = [];
  for (let seconds = 0; seconds <= MEMORY_SECONDS; seconds += 10) {
    const trial = await bench.run([monitor], MEMORY_RATE_HZ, 10);
    rss.push((trial.seen[0] as Seen).rssBytes);
  }
  return rss;
});
await sender.stop();
progress("");

const deliveredHz = (trial: Trial) => (trial.delivered / trial.frames) * trial.sentHz;
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ machine: machine(), sustained, latency, overload, slow, memory }));
} else {
  console.log(`${machine()}; sender and monitor share it`);
  console.log("Highest rate without loss:");
  console.table(
    sustained.map(({ step, trial }) => ({
      step,
      "frames/s": trial.offeredHz.toFixed(0),
      "monitor's CPU ms/frame": trial.cpuMsPerFrame.toFixed(2),
      "sender's": trial.senderCpuMsPerFrame.toFixed(2),
    })),
  );
  console.log("Latency, from before the second module was handed over until the frame was calibrated:");
  console.table(
    latency.map((trial) => ({
      Hz: trial.offeredHz,
      "p50 ms": trial.seen[0]?.latencyMs.p50.toFixed(1),
      "p99 ms": trial.seen[0]?.latencyMs.p99.toFixed(1),
      "max ms": trial.seen[0]?.latencyMs.max.toFixed(1),
      "delivered of sent": `${trial.delivered} of ${trial.frames}`,
      "CPU ms/frame": trial.cpuMsPerFrame.toFixed(2),
    })),
  );
  console.log(
    `Twice the sustainable rate, delivery latest: ${overload.sentHz.toFixed(0)} frames/s sent, ` +
      `${deliveredHz(overload).toFixed(0)} delivered, ${(deliveredHz(overload) / sustainedHz).toFixed(2)} of the ` +
      `sustainable rate; p99 ${overload.seen[0]?.latencyMs.p99.toFixed(0)} ms`,
  );
  console.log(
    `${SLOW.workMs} ms of work on each event at ${SLOW.rateHz} Hz, delivery latest: events ` +
      `${slow.seen[0]?.latencyMs.p50.toFixed(1)} ms old (p50), ${slow.seen[0]?.latencyMs.p99.toFixed(1)} (p99), ` +
      `${slow.seen[0]?.latencyMs.max.toFixed(1)} (max) when they were delivered; three periods and the work are ` +
      `${3000 / SLOW.rateHz + SLOW.workMs} ms`,
  );
  console.log(
    `Resident memory over a minute at ${MEMORY_RATE_HZ} Hz, every 10 s: ` +
      `${memory.map((bytes) => (bytes / 1e6).toFixed(0)).join(", ")} MB`,
  );
}
process.exit();
