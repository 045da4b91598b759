import { constants, existsSync } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "../api/index.js";
import {
  type ConstantsStage,
  type FileAttributes,
  writeOmPedestals,
  writePsiPedestals,
  writeWholeFile,
} from "../constants/index.js";
import { DarkRun, type Darks } from "../darks/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS, type ModulePlace } from "../detector.js";
import { FaultCollector, HostError, messageOf } from "../errors.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { Output } from "../outputs/index.js";
import { type Playback, recordingStreamOpener } from "../recordings/index.js";
import { clientKeys } from "../security/index.js";
import {
  FaultLog,
  type ModuleFrame,
  type ModuleStream,
  parseSource,
  recordsOnly,
  zmqModuleStreamOpener,
} from "../stream/index.js";
import { DarkProgress } from "./dark/progress.js";
import { darkPage, darkReport, readOldPedestals } from "./dark/report.js";
import { EXIT } from "./exit-codes.js";
import { packageVersion } from "./package-version.js";
import { type PlaybackOptions, playbackOf } from "./playback.js";
import { StartUpError } from "./start-up-error.js";

/** Module frames that may wait in a socket: learning the usual readings takes a fraction of a second. */
const HIGH_WATER_MARK = 512;

const LAYOUT = JUNGFRAU_1M;

/** Files that a dark run writes, by format. */
const FILES = {
  psi: ["pedestal.h5"],
  om: LAYOUT.places.map(({ moduleIndex }) => `dark_m${moduleIndex}.h5`),
} as const;
const CONFIGURATION = "monitor.yaml";

export type DarkFormat = keyof typeof FILES;

export interface DarkOptions {
  readonly source: string;
  readonly playback?: PlaybackOptions | undefined;
  readonly out: string;
  /** Number of frames that make a stage complete. */
  readonly frames: number;
  /** Number of frames at the start of each stage that do not count. */
  readonly skip: number;
  readonly stages: readonly ConstantsStage[];
  /** Share of a pixel's frames that may be in another stage. */
  readonly wrongLimit: number;
  readonly format: DarkFormat;
  /** Overwrite older files. */
  readonly force: boolean;
  /** Older dark files to compare with. */
  readonly compare: readonly string[];
  /** Also write a monitor's configuration. */
  readonly monitorYaml: boolean;
  readonly json: boolean;
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called at the end of the start-up: from then on the command ends cleanly when the signal aborts. */
  readonly onStart?: () => void;
}

/**
 * Make pedestals from the streams, until every stage is complete or the signal aborts.
 *
 * @returns exit code: failed if there is nothing to write
 * @throws {StartUpError} before anything runs
 */
export async function runDark(options: DarkOptions): Promise<number> {
  const { logger, signal } = options;
  if (!recordsOnly(options.source)) options.onStart?.(); // only files may be slow to open
  const { streams, portCount, old } = await StartUpError.around(() => start(options));
  options.onStart?.();
  const run = new DarkRun({ ...options, layout: LAYOUT, portCount });
  const output = new Output(signal);
  const progress = new DarkProgress(
    run,
    { ...options, isRecorded: recordsOnly(options.source) },
    options.json ? undefined : output,
  );
  const startedSeconds = SYSTEM_CLOCK.nowSeconds();
  try {
    await collect(run, streams, logger, signal);
  } finally {
    progress.end();
  }
  const darks = run.result();
  if (darks.stages.length === 0) {
    logger.error(`No dark frame was counted: ${progress.refusals() || "none arrived"}. Nothing was written.`);
    return EXIT.failed;
  }
  if (!run.isComplete) {
    logger.warn(
      `The run was ended before every stage had ${options.frames} frames. The frames so far are used.`,
    );
  }
  const files = await write(darks, options, startedSeconds);
  const report = darkReport(darks, files, LAYOUT, old);
  await output.write(options.json ? `${JSON.stringify(report)}\n` : darkPage(report));
  return EXIT.ok;
}

async function start(options: DarkOptions) {
  const { source, compare, logger } = options;
  const faults = new FaultCollector();
  const parsed = faults.attempt(() => parseSource(source, LAYOUT));
  const keys = await faults.attemptAsync(() =>
    clientKeys(options.curveServerKey, options.curveKey, (message) => logger.warn(message)),
  );
  await faults.attemptAsync(() => checkFolder(options));
  const old = await faults.attemptAsync(() => readOldPedestals(compare, LAYOUT));
  const playback = faults.attempt(() => playbackOf(source, options.playback ?? {}, "max"));
  const open =
    parsed?.kind === "recording"
      ? recordingStreamOpener(LAYOUT, playback as Playback, logger)
      : zmqModuleStreamOpener(LAYOUT, SYSTEM_CLOCK, logger);
  if (parsed !== undefined) await faults.attemptAsync(() => open.check?.(parsed.urls));
  faults.throwIfAny();
  const { urls, kind } = parsed as NonNullable<typeof parsed>;
  const streams: ModuleStream[] = [];
  for (const [streamIndex, url] of urls.entries()) {
    streams.push(
      await open({
        url,
        streamIndex,
        streamCount: urls.length,
        isPairing: kind !== "ports",
        highWaterMark: HIGH_WATER_MARK,
        keys,
      }),
    );
  }
  return { streams, portCount: kind === "ports" ? urls.length : undefined, old };
}

/** @throws {HostError} HOST_OUTPUT_FAILED if files exist already, or cannot be written */
async function checkFolder({ out, format, monitorYaml, force }: DarkOptions): Promise<void> {
  try {
    if (!existsSync(out)) await mkdir(out);
    await access(out, constants.W_OK);
  } catch (error) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write pedestals to '${out}': ${messageOf(error)}. Choose another folder with --out.`,
      { cause: error },
    );
  }
  const names = [...FILES[format], ...(monitorYaml ? [CONFIGURATION] : [])];
  const there = names.filter((name) => existsSync(join(out, name)));
  if (there.length === 0 || force) return;
  throw new HostError(
    "HOST_OUTPUT_FAILED",
    `'${out}' holds ${there.join(" and ")} already. Choose another folder with --out, or overwrite it with --force.`,
  );
}

/** Read all streams until the run is complete, they have ended, or the signal aborts. */
async function collect(
  run: DarkRun,
  streams: readonly ModuleStream[],
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const faultLog = new FaultLog(logger, SYSTEM_CLOCK);
  const close = () => {
    for (const stream of streams) stream.close();
  };
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  const take = (frame: ModuleFrame) => {
    run.accept(frame);
    if (run.isComplete) close();
  };
  await Promise.all(
    streams.map(async (stream) => {
      for await (const message of stream) {
        if (message.kind === "frame") take(message.frame);
        else if (message.kind === "exposure") for (const frame of message.exposure.frames) take(frame);
        else if (message.kind === "end") run.end();
        else faultLog.warn(`${stream.url} ${message.fault.code}`, `${stream.url}: ${message.fault.message}`);
        if (signal.aborted) break;
      }
    }),
  );
  signal.removeEventListener("abort", close);
}

/** @returns the files' paths */
async function write(darks: Darks, options: DarkOptions, startedSeconds: number): Promise<string[]> {
  const { out, format, source, skip, wrongLimit, monitorYaml } = options;
  const attributes: FileAttributes = {
    created: new Date(1000 * SYSTEM_CLOCK.nowSeconds()).toISOString(),
    begun: new Date(1000 * startedSeconds).toISOString(),
    program: `om-jungfrau ${packageVersion()}`,
    source,
    skipped_frames: skip,
    wrong_limit: wrongLimit,
    ...(darks.exposureTime === undefined ? {} : { exposure_time: darks.exposureTime }),
    ...Object.fromEntries(darks.stages.map(({ stage, frames }) => [`frames_${stage}`, frames])),
  };
  const paths = FILES[format].map((name) => resolve(out, name));
  try {
    if (format === "psi") {
      const [path] = paths as [string];
      await writeWholeFile(path, (part) => writePsiPedestals(part, darks.stages, darks.mask, attributes));
    } else {
      for (const place of LAYOUT.places) {
        await writeWholeFile(paths[place.moduleIndex] as string, (part) =>
          writeOmPedestals(part, modulePedestals(darks, place), attributes),
        );
      }
    }
    if (!monitorYaml) return paths;
    const path = resolve(out, CONFIGURATION);
    await writeWholeFile(path, (part) => writeFile(part, configurationText(FILES[format])));
    return [...paths, path];
  } catch (error) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write pedestals to '${out}': ${messageOf(error)}. Check that there is room.`,
      { cause: error },
    );
  }
}

/** Pedestals of one module in G0, G1 and G2, without those of bad pixels, because OM's format has no mask. */
function modulePedestals({ stages, mask }: Darks, { firstPixel: from }: ModulePlace): Float32Array[] {
  const to = from + MODULE_PIXELS;
  const isBad = mask.subarray(from, to);
  return (["g0", "g1", "g2"] as const).map((stage) => {
    const mean = stages.find((one) => one.stage === stage)?.mean ?? new Float32Array(LAYOUT.pixels);
    return mean.slice(from, to).map((value, pixel) => (isBad[pixel] === 0 ? value : 0));
  });
}

function configurationText(files: readonly string[]): string {
  return `# Written by \`om-jungfrau dark\`: frames in ADU, pedestal subtracted.
om:
  data_retrieval_layer: Jungfrau1MZmqDataRetrieval

data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data]
  detector_dark_filenames: [${files.join(", ")}]
  # For photons, name the gain files and the photon energy, and leave detector_units out.
  # detector_gain_filenames: [gain_m0.bin, gain_m1.bin]
  # detector_photon_energy_kev: 12.4
  detector_units: adu
`;
}
