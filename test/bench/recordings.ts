import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeSlsHdf5Run, writeSwissfelFile } from "../helpers/hdf5-recordings.js";
import { recordOf } from "../helpers/raw-recordings.js";
import { writeBenchFiles } from "./bench-files.js";
import { benchOptions } from "./options.js";
import { each, machine, progress, quantile } from "./report.js";

/*
 * How fast `om-jungfrau monitor --rate max` plays recordings, raw and calibrated, against `cat` of the same files. What is
 * played is in the system's cache: this measures the program, and not a disk.
 *
 *   npm run bench:recordings [-- --quick] [--json] [--beside OTHER/dist/src/cli/main.js]
 *
 * A run of one exposure is measured in turns with one of many, and taken off: what a monitor needs to start counts for nothing.
 */
const EXPOSURES = 400;
/** Played again and again, so that the start is a small part of it. */
const PLAYED = 2400;
const FRAME_BYTES = 2 ** 21;

const { clis, json, runs } = benchOptions();
const files = await writeBenchFiles();

/** Of a recording in HDF5, which is written in one piece. */
const HDF5_EXPOSURES = 100;

/** A format that is measured: what to name, and all files that are read. */
interface Measured {
  readonly name: string;
  readonly exposures: number;
  readonly path: string;
  readonly files: readonly string[];
}

const formats: readonly Measured[] = [
  rawRecording(),
  await hdf5Recording(),
  await swissfelRecording(false),
  await swissfelRecording(true),
];

const configurations: Readonly<Record<string, string>> = {
  raw: rawConfiguration(),
  calibrated: files.configurations.all,
};

/** Two modules, the scene's images in turns. */
function rawRecording(): Measured {
  const images = readFileSync(files.frames);
  const names = [0, 1].map((port) => {
    const path = join(files.folder, `run_d${port}_f0_0.raw`);
    const file = openSync(path, "w");
    for (let index = 0; index < EXPOSURES; index += 1) {
      const record = recordOf({ number: index + 1 }, port, 2);
      const start = ((index * FRAME_BYTES) % images.length) + (port * FRAME_BYTES) / 2;
      images.copy(record, 112, start, start + FRAME_BYTES / 2);
      writeSync(file, record);
    }
    closeSync(file);
    return path;
  });
  return { name: ".raw", exposures: EXPOSURES, path: names[0] as string, files: names };
}

/** The scene's images in turns. */
function sceneWords(): (frameNumber: number, port: number) => Uint16Array {
  const { buffer, byteOffset, length } = readFileSync(files.frames);
  const words = new Uint16Array(buffer.slice(byteOffset, byteOffset + length));
  return (frameNumber, port) => {
    const start = ((frameNumber * FRAME_BYTES) % length) / 2 + (port * FRAME_BYTES) / 4;
    return words.subarray(start, start + FRAME_BYTES / 4);
  };
}

function hdf5Numbers(): number[] {
  return Array.from({ length: HDF5_EXPOSURES }, (_, index) => index + 1);
}

async function hdf5Recording(): Promise<Measured> {
  await writeSlsHdf5Run(files.folder, { frameNumbers: hdf5Numbers(), words: sceneWords() });
  const names = [0, 1].map((port) => join(files.folder, `run_d${port}_f0_1.h5`));
  return { name: "slsReceiver HDF5", exposures: HDF5_EXPOSURES, path: names[0] as string, files: names };
}

async function swissfelRecording(isCompressed: boolean): Promise<Measured> {
  const path = join(files.folder, `${isCompressed ? "compressed" : "plain"}.JF01T03V01.h5`);
  await writeSwissfelFile(path, { frameNumbers: hdf5Numbers(), words: sceneWords(), isCompressed });
  const name = `SwissFEL HDF5${isCompressed ? ", bitshuffle and LZ4" : ""}`;
  return { name, exposures: HDF5_EXPOSURES, path, files: [path] };
}

function rawConfiguration(): string {
  const path = join(files.folder, "raw.yaml");
  writeFileSync(
    path,
    "om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}\n" +
      "data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}\n",
  );
  return path;
}

/** What a command took, in seconds: on the wall's clock, and of processors. */
interface Taken {
  readonly wall: number;
  readonly processor: number;
}

function timed(command: readonly string[]): Taken {
  const shell = 'TIMEFORMAT="taken %R %U %S"; time "$@" 2>/dev/null';
  const { stderr } = spawnSync("bash", ["-c", shell, "bash", ...command], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const [, wall, user, system] = (/taken (\S+) (\S+) (\S+)/.exec(stderr) ?? []).map(Number);
  return { wall: wall ?? Number.NaN, processor: (user ?? Number.NaN) + (system ?? Number.NaN) };
}

interface Result {
  readonly what: string;
  readonly exposuresPerSecond: number[];
  readonly cpuMsPerExposure: number[];
}

const results: Result[] = formats.flatMap(({ name }) => [
  { what: `${name}: cat`, exposuresPerSecond: [], cpuMsPerExposure: [] },
  ...clis.flatMap((cli) =>
    Object.keys(configurations).map((kind) => ({
      what: `${name}: ${kind}${clis.length > 1 ? `, ${cli.name}` : ""}`,
      exposuresPerSecond: [],
      cpuMsPerExposure: [],
    })),
  ),
]);

for (let run = 0; run < runs; run += 1) {
  let place = 0;
  const take = ({ wall, processor }: Taken, exposures: number) => {
    const result = results[place++] as Result;
    result.exposuresPerSecond.push(exposures / wall);
    result.cpuMsPerExposure.push((1000 * processor) / exposures);
  };
  for (const format of formats) {
    progress(`run ${run + 1} of ${runs}: ${format.name}`);
    take(timed(["sh", "-c", 'cat "$@" | cat > /dev/null', "sh", ...format.files]), format.exposures);
    for (const cli of clis) {
      for (const configuration of Object.values(configurations)) {
        const play = (count: number) =>
          timed([
            ...[process.execPath, cli.path, "monitor", "-c", configuration, format.path],
            ...["--rate", "max", "--loop", "-n", String(count)],
          ]);
        const start = play(1);
        const all = play(PLAYED);
        take({ wall: all.wall - start.wall, processor: all.processor - start.processor }, PLAYED - 1);
      }
    }
  }
}
progress("");

if (json) {
  process.stdout.write(`${JSON.stringify({ machine: machine(), results })}\n`);
} else {
  const lines = results.map(({ what, exposuresPerSecond, cpuMsPerExposure }) => {
    const median = quantile(exposuresPerSecond, 0.5);
    const megabytes = ((median * FRAME_BYTES) / 1e6).toFixed(0);
    const cpuMs = quantile(cpuMsPerExposure, 0.5).toFixed(2);
    return (
      `${what.padEnd(20)} ${median.toFixed(0).padStart(6)} exposures/s ${megabytes.padStart(6)} MB/s ` +
      `${cpuMs} ms of processor time   (${each(exposuresPerSecond, 0)})`
    );
  });
  process.stdout.write(`${machine()}\n${lines.join("\n")}\n`);
}
