import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { NATS_SERVER_PATH } from "../helpers/nats-server-path.js";
import { fixedPorts } from "../helpers/ports.js";
import { SoakDetector } from "./soak/detector.js";
import { startMonitor } from "./soak/monitor.js";
import { startNatsServer } from "./soak/nats.js";
import { SoakPages } from "./soak/pages.js";
import { type Sample, sample } from "./soak/samples.js";
import { median, trendViolations, violationsOf } from "./soak/violations.js";

/*
 * Runs `om-jungfrau monitor` for minutes on a simulated detector in which things go wrong, which is killed and started again, with
 * open pages, metrics and NATS. Each second it looks at memory, open files, the event loop, the counters, and whether an event
 * was made of two exposures, by the pixels of every event. Ends with 1 if anything is wrong. Ctrl-C ends it with the table. Linux
 * only: it reads /proc.
 *
 *   npm run soak -- --minutes 10 [--rate 300] [--calibrated] [--pages 2] [--seed 1]
 */

const SITUATION_SECONDS = 20;
const REPORT_SECONDS = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "300" },
    pages: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    calibrated: { type: "boolean", default: false },
  },
});
const { calibrated: isCalibrated } = values;
const [minutes = 0, rateHz = 0, pageCount = 0, seed = 0] = [
  values.minutes,
  values.rate,
  values.pages,
  values.seed,
].map(Number);
if (![minutes, rateHz, pageCount, seed].every((value) => value >= 0) || minutes === 0 || rateHz === 0) {
  console.error("Write numbers: npm run soak -- --minutes 10 --rate 300 --pages 2 --seed 1");
  process.exit(2);
}

const abort = new AbortController();
process.on("SIGINT", () => abort.abort());

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-soak-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const firstPort = await fixedPorts(2);
const nats = NATS_SERVER_PATH === undefined ? undefined : await startNatsServer(NATS_SERVER_PATH);
const detector = new SoakDetector({ folder, firstPort, rateHz, seed });
await detector.restart();
const source = `tcp://127.0.0.1:${firstPort},tcp://127.0.0.1:${firstPort + 1}`;
const { monitor, metricsUrl, viewUrl } = await startMonitor({
  folder,
  source,
  isCalibrated,
  nats: nats?.url,
});
const pages = await SoakPages.open(viewUrl, pageCount, isCalibrated ? "calibrated" : "raw");

const samples: Sample[] = [];
/** When each violation was seen first, in seconds. */
const violations = new Map<string, number>();
const startMs = performance.now();
const seconds = () => (performance.now() - startMs) / 1000;
const violate = (sentence: string) => {
  // What has changed since the last look is the same violation.
  const kind = sentence.replaceAll(/\d+/g, "N");
  if (!violations.has(kind)) console.log(`!! after ${seconds().toFixed(0)} s: ${sentence}`);
  violations.set(kind, violations.get(kind) ?? seconds());
};

/** A line of what has happened since the sample before. */
function report(before: Sample | undefined, now: Sample): void {
  const rate = (name: string) => {
    const count = (now.counters[name] ?? 0) - (before?.counters[name] ?? 0);
    return (count / (now.seconds - (before?.seconds ?? 0))).toFixed(0);
  };
  console.log(
    [
      `${now.seconds.toFixed(0).padStart(5)} s`,
      `${rate("module_frames")} module frames/s`,
      `${rate("delivered")} events/s`,
      `${now.rssMegabytes.toFixed(0)} MB`,
      `${now.handles} files`,
      `loop ${now.loopDelayMs.toFixed(0)} ms`,
      `${pages.images} images`,
      detector.faults,
    ].join(" | "),
  );
}

let situationEnds = SITUATION_SECONDS;
let reported: Sample | undefined;
/** Scrapes in a row that failed. */
let unanswered = 0;
while (seconds() < 60 * minutes && !abort.signal.aborted) {
  await delay(1000, undefined, { signal: abort.signal }).catch(() => undefined);
  if (!monitor.isRunning) {
    violate(`the monitor has ended:\n${monitor.log.slice(-2000)}`);
    break;
  }
  if (!detector.isRunning) violate(`the detector has ended:\n${detector.log.slice(-2000)}`);
  try {
    const now = await sample(monitor, metricsUrl, seconds());
    samples.push(now);
    unanswered = 0;
    for (const sentence of violationsOf(now)) violate(sentence);
    if (now.seconds - (reported?.seconds ?? 0) >= REPORT_SECONDS) {
      report(reported, now);
      reported = now;
    }
  } catch (error) {
    // A connection that is kept alive may be closed in the moment in which it is used again.
    unanswered += 1;
    if (unanswered > 1) violate(`the monitor does not answer: ${error}`);
  }
  if (pages.closed > 0) violate(`${pages.closed} pages were closed`);
  if (seconds() < situationEnds && detector.isRunning) continue;
  await detector.restart();
  situationEnds = seconds() + SITUATION_SECONDS;
}

pages.close();
await detector.end();
if (monitor.isRunning) {
  const exitCode = await monitor.end("SIGINT");
  if (exitCode !== 0) violate(`the monitor ended with ${exitCode}:\n${monitor.log.slice(-2000)}`);
}
nats?.stop();
for (const sentence of trendViolations(samples)) violate(sentence);

const last = samples.at(-1);
const of = (name: string) => last?.counters[name] ?? 0;
const memory = samples.map(({ rssMegabytes }) => rssMegabytes);
console.table({
  minutes: (seconds() / 60).toFixed(1),
  "starts of the detector": detector.starts,
  "module frames": of("module_frames"),
  "events whole and partial": `${of("paired")} ${of("partial")}`,
  "events compared with their stamps": of("stamps_seen"),
  "events of two exposures": of("stamps_wrong"),
  "the same, of one number and time": of("stamps_unknowable"),
  "events twice, after a newer one": `${of("stamps_twice")} ${of("stamps_backwards")}`,
  "frames unpaired, late, duplicate": `${of("unpaired")} ${of("late")} ${of("duplicate")}`,
  "invalid messages": of("malformed"),
  "memory in MB: median, most": `${median(memory).toFixed(0)} ${Math.max(0, ...memory).toFixed(0)}`,
  "open files: median, most": `${median(samples.map(({ handles }) => handles))} ${Math.max(0, ...samples.map(({ handles }) => handles))}`,
  "longest delay of the event loop in ms": Math.max(0, ...samples.map((one) => one.loopDelayMs)).toFixed(0),
  "images of pages": pages.images,
  "NATS messages lost": nats === undefined ? "no nats-server" : of("nats_dropped"),
  violations: violations.size,
});
process.exit(violations.size > 0 || samples.length === 0 ? 1 : 0);
