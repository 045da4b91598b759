import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { INTAKE_DEFAULTS } from "../../src/events/index.js";
import { writeBenchFiles } from "./bench-files.js";
import { Detector } from "./detector.js";
import { type Limit, measureLimit } from "./limit.js";
import { type MonitorRun, type MonitorRunOptions, runMonitor, type Showing } from "./monitor-run.js";
import { benchOptions, type Cli } from "./options.js";
import { each, machine, progress } from "./report.js";

/*
 * What `om-jungfrau monitor` takes with its defaults, calibrated, beside a detector in a process of its own on the same
 * machine, measured from outside. Every figure of every run is printed, because runs may be of two kinds.
 *
 *   npm run bench:stream                                        tables, in some minutes
 *   npm run bench:stream -- --beside OLD/dist/src/cli/main.js   in turns with another version
 *   npm run bench:stream -- --quick --json                      one run of each kind; for programs
 *
 * Rates are shares of the limit of two processors: 2 / (processor seconds of the sender, of libzmq's receiving in C, and of
 * the calibration kernel, for a frame). Without gcc and libzmq the sender is one of Node.js and the limit a guess.
 */
const SHARES_OF_LIMIT = [0.7, 0.85];
const SHOWINGS: readonly Showing[] = ["text", "json", "metrics"];
const LOWER_SHARES = [0.55, 0.4, 0.3, 0.2];
const OVERLOADS = [1.5, 2, 4];
/** A limit that no one has measured, when there is no C. */
const GUESSED_LIMIT_HZ = 500;

const { clis, json, runs, seconds } = benchOptions();
const { folder, frames, configurations } = await writeBenchFiles();
const detector = Detector.build(folder, frames);
progress("limit");
const limit: Limit | undefined = detector.isNative ? await measureLimit(detector, runs, seconds) : undefined;
const limitHz = limit?.hz ?? GUESSED_LIMIT_HZ;

interface Row {
  readonly cli: string;
  readonly what: string;
  readonly rateHz: number;
  readonly runs: readonly MonitorRun[];
}

/** The same runs of every version, in turns: what else the machine does weighs on all. */
async function measured(
  what: string,
  options: Pick<MonitorRunOptions, "configuration" | "showing" | "rateHz">,
): Promise<Row[]> {
  const rows = clis.map(({ name }) => ({
    cli: name,
    what,
    rateHz: options.rateHz,
    runs: [] as MonitorRun[],
  }));
  for (let run = 0; run < runs; run++) {
    for (const [index, cli] of clis.entries()) {
      progress(`${what}, ${options.rateHz.toFixed(0)}/s, run ${run + 1} of ${runs}: ${cli.name}`);
      rows[index]?.runs.push(await runMonitor({ detector, cli, seconds, ...options }));
    }
  }
  return rows;
}

const isLossFree = (run: MonitorRun) => run.delivered === run.frames;
const ofThis = (rows: readonly Row[]) => rows.find(({ cli }) => cli === (clis[0] as Cli).name) as Row;

const all: Row[] = [];
let sustainedHz = 0;
for (const share of SHARES_OF_LIMIT) {
  const rateHz = share * limitHz;
  for (const showing of share === SHARES_OF_LIMIT[0] ? SHOWINGS : (["text"] as const)) {
    const rows = await measured(showing, { configuration: configurations.all, showing, rateHz });
    all.push(...rows);
    if (showing === "text" && ofThis(rows).runs.some(isLossFree)) sustainedHz = rateHz;
  }
}
for (const share of LOWER_SHARES) {
  if (sustainedHz > 0) break;
  const rateHz = share * limitHz;
  const rows = await measured("text", { configuration: configurations.all, showing: "text", rateHz });
  all.push(...rows);
  if (ofThis(rows).runs.some(isLossFree)) sustainedHz = rateHz;
}
sustainedHz ||= (LOWER_SHARES.at(-1) as number) * limitHz;

const latest: Row[] = [];
for (const overload of OVERLOADS) {
  const rateHz = overload * sustainedHz;
  latest.push(
    ...(await measured("latest", { configuration: configurations.latest, showing: "json", rateHz })),
  );
}
const overloaded = await measured("all, overloaded", {
  configuration: configurations.all,
  showing: "text",
  rateHz: 1.5 * limitHz,
});
progress("");

/** What the configuration's keys allow to wait, in MB. */
const allowed =
  (INTAKE_DEFAULTS.queueBytes +
    JUNGFRAU_1M.modules * (INTAKE_DEFAULTS.highWaterMark + INTAKE_DEFAULTS.windowSize) * 2 * MODULE_PIXELS) /
  1e6;

if (json) {
  console.log(JSON.stringify({ machine: machine(), limit, sustainedHz, all, latest, overloaded, allowed }));
} else {
  console.log(`${machine()}; sender and monitor share it; ${runs} runs of ${seconds} s`);
  console.log(
    limit === undefined
      ? "No gcc, or no libzmq3-dev: libzmq's own limits could not be measured, and rates are shares of a guess."
      : `Processor ms/frame: sender ${limit.senderMs.toFixed(2)}, libzmq receiving ${limit.receivingMs.toFixed(2)}, kernel ` +
          `${limit.kernelMs.toFixed(2)}. The limit of two processors: ${limitHz.toFixed(0)} frames/s.`,
  );
  const floor = limit && limit.receivingMs + limit.kernelMs;
  console.log("delivery all:");
  console.table(
    all.map(({ cli, what, rateHz, runs }) => ({
      cli,
      shown: what,
      "frames/s": rateHz.toFixed(0),
      "of the limit": (rateHz / limitHz).toFixed(2),
      "without loss": `${runs.filter(isLossFree).length} of ${runs.length}`,
      "delivered %": each(
        runs.map(({ share }) => 100 * share),
        1,
      ),
      "CPU ms/frame": each(
        runs.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
        2,
      ),
      "x (receiving + kernel)":
        floor &&
        each(
          runs.map(({ cpuMsPerFrame }) => cpuMsPerFrame / floor),
          2,
        ),
    })),
  );
  console.log(`delivery latest, --json, by the sustainable rate of ${sustainedHz.toFixed(0)} frames/s:`);
  console.table(
    latest.map(({ cli, rateHz, runs }) => ({
      cli,
      "sent/s": rateHz.toFixed(0),
      "x sustainable": (rateHz / sustainedHz).toFixed(1),
      "delivered/s": each(
        runs.map(({ deliveredHz }) => deliveredHz),
        0,
      ),
      "of sustainable": each(
        runs.map(({ deliveredHz }) => deliveredHz / sustainedHz),
        2,
      ),
      "age p50 ms": each(
        runs.map(({ ageMs }) => ageMs.p50),
        0,
      ),
      "age p99 ms": each(
        runs.map(({ ageMs }) => ageMs.p99),
        0,
      ),
    })),
  );
  console.log(`Most memory; the keys' defaults allow ${allowed.toFixed(0)} MB to wait:`);
  console.table(
    [...overloaded, ...latest].map(({ cli, what, rateHz, runs }) => ({
      cli,
      what,
      "sent/s": rateHz.toFixed(0),
      "peak MB": each(
        runs.map(({ peakMegabytes }) => peakMegabytes),
        0,
      ),
    })),
  );
}
process.exit();
