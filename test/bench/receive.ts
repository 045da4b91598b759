import { setTimeout as delay } from "node:timers/promises";
import { writeBenchFiles } from "./bench-files.js";
import { Detector } from "./detector.js";
import { benchOptions, type Cli } from "./options.js";
import { type Pairer, type ReceiveRun, runReceiver } from "./receive-run.js";
import { each, machine, progress, quantile } from "./report.js";

/*
 * What `om-jungfrau receive` takes beside libzmq alone, with its defaults and `--delivery all`: the forwarder and sink of
 * detector.c, the command line with that sink, and with monitors of its own. All share this machine with the sender, so
 * figures say what sharing costs, not what more machines bring.
 *
 *   npm run bench:receive                                        tables, in some minutes
 *   npm run bench:receive -- --beside OLD/dist/src/cli/main.js   in turns with another version
 *   npm run bench:receive -- --quick --json                      one run of each kind; for programs
 */
const MONITORS = [1, 2];
/** Where the search for the highest rate begins and how fine it is. */
const SEARCH = { startHz: 400, factor: 1.6, fine: 1.2, lowestHz: 40, seconds: 2 };
/** Of the forwarder's highest rate: all can keep up, so processor times are of the same work. */
const COMMON_SHARE = 0.4;

const { clis, json, runs, seconds } = benchOptions();
const { folder, frames, configurations } = await writeBenchFiles();
const detector = Detector.build(folder, frames);

interface Candidate {
  readonly name: string;
  readonly pairer: Pairer;
  /** Of the command line; 0 for the sink in C. */
  readonly monitors: number;
}

const byCli = (cli: Cli): Candidate[] => [
  ...(detector.isNative ? [{ name: `${cli.name}, sink in C`, pairer: cli, monitors: 0 }] : []),
  ...MONITORS.map((monitors) => ({
    name: `${cli.name}, ${monitors} of its monitors`,
    pairer: cli,
    monitors,
  })),
];
const candidates: Candidate[] = [
  ...(detector.isNative ? [{ name: "libzmq in C, sink in C", pairer: "c", monitors: 0 } as const] : []),
  ...clis.flatMap(byCli),
];

async function run(
  { name, pairer, monitors }: Candidate,
  rateHz: number,
  seconds: number,
): Promise<ReceiveRun> {
  progress(`${name}: ${rateHz.toFixed(0)}/s`);
  const monitorCli = pairer === "c" ? (clis[0] as Cli) : pairer;
  return runReceiver({
    detector,
    pairer,
    monitors,
    monitorCli,
    configuration: configurations.all,
    rateHz,
    seconds,
  });
}

/** The highest rate without loss, within 20 %. */
async function highestHz(candidate: Candidate): Promise<number> {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let rateHz = SEARCH.startHz;
  while (high > SEARCH.fine * low && rateHz > SEARCH.lowestHz) {
    const { delivered, frames } = await run(candidate, rateHz, SEARCH.seconds);
    if (delivered === frames) low = rateHz;
    else high = rateHz;
    if (low === 0) rateHz = high / SEARCH.factor;
    else rateHz = Number.isFinite(high) ? Math.sqrt(low * high) : low * SEARCH.factor;
  }
  return low;
}

/** Monitors take seconds to start, and at high rates they say more about themselves than about the receiver. */
const searched = candidates.filter(
  ({ monitors }) => monitors === 0 || (!detector.isNative && monitors === 1),
);
const highest = new Map<string, number[]>(candidates.map(({ name }) => [name, []]));
for (let turn = 0; turn < Math.ceil(runs / 2); turn++) {
  for (const candidate of searched) highest.get(candidate.name)?.push(await highestHz(candidate));
}
const best = (name: string) => Math.max(...(highest.get(name) ?? []));
const reference = searched[0] as Candidate;
const commonHz = Math.max(COMMON_SHARE * best(reference.name), SEARCH.lowestHz);

const atCommon = new Map<string, ReceiveRun[]>(candidates.map(({ name }) => [name, []]));
for (let turn = 0; turn < runs; turn++) {
  for (const candidate of candidates) {
    atCommon.get(candidate.name)?.push(await run(candidate, commonHz, seconds));
    await delay(100);
  }
}
progress("");

const rows = candidates.map(({ name }) => ({
  name,
  highestHz: highest.get(name) as number[],
  atCommon: atCommon.get(name) as ReceiveRun[],
}));
if (json) {
  console.log(JSON.stringify({ machine: machine(), commonHz, rows }));
} else {
  console.log(`${machine()}; sender, receiver and monitors share it; ${runs} runs of ${seconds} s`);
  if (!detector.isNative)
    console.log(
      "No gcc, or no libzmq3-dev: libzmq's own limits could not be measured; ratios are to the first row.",
    );
  const [first] = rows;
  const cpu = (one: ReceiveRun[]) =>
    quantile(
      one.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
      0.5,
    );
  console.log(`Highest rate without loss; and at ${commonHz.toFixed(0)} frames/s:`);
  console.table(
    rows.map(({ name, highestHz, atCommon }) => ({
      receiver: name,
      "frames/s": each(highestHz, 0),
      "of the first's":
        highestHz.length > 0 ? (Math.max(...highestHz) / best(reference.name)).toFixed(2) : "",
      "delivered %": each(
        atCommon.map(({ share }) => 100 * share),
        1,
      ),
      "receiver's CPU ms/frame": each(
        atCommon.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
        2,
      ),
      "x the first's": (cpu(atCommon) / cpu(first?.atCommon ?? [])).toFixed(2),
      "peak MB": each(
        atCommon.map(({ peakMegabytes }) => peakMegabytes),
        0,
      ),
    })),
  );
}
process.exit();
