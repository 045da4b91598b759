import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { FaultCollector, StreamError } from "../errors.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { Output } from "../outputs/index.js";
import { DiskFolder, MAX_FRAMES_PER_FILE, Recorder } from "../recordings/index.js";
import { clientKeys } from "../security/index.js";
import { CONFIGURATION_KEYS } from "../settings/index.js";
import { type ModuleStream, parseSource, type Source, zmqModuleStreamOpener } from "../stream/index.js";
import { EXIT } from "./exit-codes.js";
import { RecordProgress, recordSummary } from "./record/progress.js";
import { checkRecordingFolder } from "./recording-folder.js";
import { StartUpError } from "./start-up-error.js";

const LAYOUT = JUNGFRAU_1M;

/** How much may wait for the disk: half a second at 250 frames/s. */
const QUEUE_BYTES = 256 * 2 ** 20;

export interface RecordOptions {
  readonly source: string;
  readonly out: string;
  /** First part of the file names. */
  readonly name: string;
  /** Limits; undefined for none. */
  readonly frames?: number | undefined;
  readonly seconds?: number | undefined;
  readonly maxGib?: number | undefined;
  /** Print only a last line, `{"summary": {…}}`. */
  readonly json: boolean;
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Write streams as `.raw` files, until a limit is reached or the signal aborts.
 *
 * @returns exit code: failed if no frame arrived
 * @throws {StartUpError} before anything runs; {RecordingError} RECORDING_CANNOT_WRITE while it runs
 */
export async function runRecord(options: RecordOptions): Promise<number> {
  const { signal, json, logger } = options;
  const { recorder, streams } = await StartUpError.around(() => start(options));
  const output = new Output(signal);
  logger.info(`Waiting for the first frame from ${streams.map(({ url }) => url).join(", ")}`);
  const progress = new RecordProgress(recorder, streams, options, json ? undefined : output);
  try {
    await recorder.run(signal);
  } finally {
    progress.end();
    await output.write(recordSummary(recorder.status(), json));
  }
  if (recorder.status().masters.length > 0) return EXIT.ok;
  logger.error("No frame arrived, and nothing was written.");
  return EXIT.failed;
}

async function start(options: RecordOptions) {
  const { source, out, name, logger } = options;
  const faults = new FaultCollector();
  const parsed = faults.attempt(() => streamsOf(source));
  const keys = await faults.attemptAsync(() =>
    clientKeys(options.curveServerKey, options.curveKey, (message) => logger.warn(message)),
  );
  await faults.attemptAsync(() => checkRecordingFolder(out, "--out"));
  const open = zmqModuleStreamOpener(LAYOUT, SYSTEM_CLOCK, logger);
  if (parsed !== undefined) await faults.attemptAsync(() => open.check?.(parsed.urls));
  faults.throwIfAny();
  const { urls, kind } = parsed as NonNullable<typeof parsed>;
  const isPairing = kind === "receiver";
  const highWaterMark = CONFIGURATION_KEYS.receiveHighWaterMark.schema.default;
  const streams: ModuleStream[] = [];
  try {
    for (const [streamIndex, url] of urls.entries()) {
      streams.push(
        await open({ url, streamIndex, streamCount: urls.length, isPairing, highWaterMark, keys }),
      );
    }
  } catch (error) {
    for (const stream of streams) stream.close();
    throw error;
  }
  const limits = {
    frames: options.frames ?? Number.POSITIVE_INFINITY,
    seconds: options.seconds ?? Number.POSITIVE_INFINITY,
    bytes: (options.maxGib ?? Number.POSITIVE_INFINITY) * 2 ** 30,
  };
  const recorder = new Recorder(
    streams,
    {
      folder: new DiskFolder(out),
      name,
      portCount: isPairing ? undefined : urls.length,
      framesPerFile: MAX_FRAMES_PER_FILE,
      limits,
      queueBytes: QUEUE_BYTES,
    },
    { logger, clock: SYSTEM_CLOCK },
  );
  return { recorder, streams };
}

/** @throws {StreamError} STREAM_BAD_SOURCE */
function streamsOf(source: string): Source {
  const parsed = parseSource(source, LAYOUT);
  if (parsed.kind !== "recording") return parsed;
  throw new StreamError(
    "STREAM_BAD_SOURCE",
    `'${source}' names files, and streams are recorded. Write tcp://HOST:PORT for each receiver stream.`,
  );
}
