import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Logger } from "../api/index.js";
import { faultsOf, isMonitorError, type MonitorError } from "../errors.js";
import type { MonitorDescription, MonitorHost } from "../host/index.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { Output } from "../outputs/index.js";
import { recordsOnly } from "../stream/index.js";
import { checkPage } from "./check/page.js";
import { type CheckReport, hasProblems, type StreamReport, unusualValues } from "./check/report.js";
import { WarningLog } from "./check/warning-log.js";
import { watchStream } from "./check/watch-stream.js";
import { configuredHost } from "./configured-host.js";
import { EXIT } from "./exit-codes.js";
import { packageVersion } from "./package-version.js";
import type { PlaybackOptions } from "./playback.js";

export interface CheckOptions {
  readonly configuration: string;
  /** Undefined to check only the files. */
  readonly source: string | undefined;
  /** How recordings are played; by default as fast as possible. */
  readonly playback?: PlaybackOptions | undefined;
  /** How long the stream is watched. */
  readonly seconds: number;
  /** Print the report as one JSON object. */
  readonly json: boolean;
  /** Warnings and problems of the stream make the check fail, too. */
  readonly strict: boolean;
  /** Key files that replace the configuration's. */
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  /** Gets messages that are not in the report. */
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called when all files have been read: from then on the check ends cleanly when the signal aborts. */
  readonly onStart: () => void;
}

/**
 * Build what a monitor would build, watch the stream for some seconds, and print the findings.
 *
 * @returns exit code: failed if a monitor would not start, or, in a strict check, if there are warnings or problems
 */
export async function runCheck(options: CheckOptions): Promise<number> {
  const report = await check(options);
  await new Output(options.signal).write(options.json ? `${JSON.stringify(report)}\n` : checkPage(report));
  const isGood = report.would_start && !(options.strict && hasProblems(report));
  return isGood ? EXIT.ok : EXIT.failed;
}

async function check(options: CheckOptions): Promise<CheckReport> {
  const { configuration, source, logger } = options;
  const log = new WarningLog(logger);
  const { description, faults, stream } = await tryMonitor(options, log);
  const data = description.data ?? null;
  return {
    would_start: faults.length === 0,
    checked_at: new Date(1000 * SYSTEM_CLOCK.nowSeconds()).toISOString(),
    host: hostname(),
    version: packageVersion(),
    configuration: resolve(configuration),
    source: source ?? null,
    faults: faults.map(({ code, message }) => ({ code, message })),
    warnings: log.warnings,
    unusual: unusualValues(data ?? {}),
    data_retrieval: description.dataRetrieval ?? null,
    data,
    stream: stream ?? null,
  };
}

/** The result of an attempt to build a monitor. */
interface Attempt {
  readonly description: MonitorDescription;
  readonly faults: readonly MonitorError[];
  readonly stream: StreamReport | undefined;
}

async function tryMonitor(options: CheckOptions, log: WarningLog): Promise<Attempt> {
  let host: MonitorHost | undefined;
  let description: MonitorDescription = { dataRetrieval: undefined, data: undefined };
  let isInitialized = false;
  try {
    host = configuredHost({ ...options, playback: playbackFor(options), logger: log });
    try {
      await host.initialize();
      isInitialized = true;
    } finally {
      description = host.describe(); // also of what was built before a fault
    }
    options.onStart();
    return { description, faults: [], stream: await watched(host, options) };
  } catch (error) {
    if (!isMonitorError(error)) throw error;
    options.onStart();
    const stream = isInitialized ? undefined : await watchedWithoutData(options, log);
    return { description, faults: faultsOf(error), stream };
  } finally {
    await host?.dispose();
  }
}

/** A recording is played quickly, not in real time. */
function playbackFor({ source, playback }: CheckOptions): PlaybackOptions | undefined {
  return source !== undefined && recordsOnly(source) ? { rate: "max", ...playback } : playback;
}

function watched(host: MonitorHost, { source, seconds, signal }: CheckOptions) {
  return source === undefined ? undefined : watchStream(host, seconds, signal);
}

/**
 * Watch the stream although the monitor would not start: faults of the data should not hide the state of the stream.
 *
 * @returns undefined if that fails, too, for reasons that are already known
 */
async function watchedWithoutData(options: CheckOptions, log: WarningLog): Promise<StreamReport | undefined> {
  if (options.source === undefined) return undefined;
  const ownLog = new WarningLog(options.logger);
  let host: MonitorHost | undefined;
  try {
    const playback = playbackFor(options);
    host = configuredHost({ ...options, playback, logger: ownLog, overrides: { required_data: [] } });
    await host.initialize();
    ownLog.forget(); // without data, known keys would seem unknown
    return await watched(host, options);
  } catch (error) {
    if (!isMonitorError(error)) throw error;
    return undefined;
  } finally {
    for (const warning of ownLog.warnings) log.warn(warning);
    await host?.dispose();
  }
}
