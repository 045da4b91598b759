import type { Logger } from "../api/index.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { type ArraySummary, FrameWriter, isArraySummary, Output, summarizeData } from "../outputs/index.js";
import { utcText } from "./check/page-text.js";
import { configuredHost } from "./configured-host.js";
import { StartUpError } from "./start-up-error.js";

export interface ShowOptions {
  /** A recording. */
  readonly source: string;
  /** The frame number. */
  readonly eventId: string;
  /** Without it, raw words are shown. */
  readonly configuration: string | undefined;
  /** Folder for the frame as `<event_id>.npy`. */
  readonly npy?: string | undefined;
  readonly json: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Print one event of a recording.
 *
 * @throws {StartUpError} for every error
 */
export async function runShow(options: ShowOptions): Promise<void> {
  const { eventId, npy, json, logger, signal } = options;
  const { data, writer } = await StartUpError.around(() => retrieve(options));
  const summary = summarizeData(data);
  await new Output(signal).write(json ? `${JSON.stringify(summary)}\n` : page(summary));
  const event = { frameNumber: BigInt(eventId), timestampSeconds: SYSTEM_CLOCK.nowSeconds() };
  await writer?.write({ event, data });
  if (npy !== undefined) logger.info(`Written to ${npy}`);
}

async function retrieve(options: ShowOptions) {
  const { npy, eventId, logger } = options;
  // The selection of events in the configuration does not matter here.
  const host = configuredHost({ ...options, overrides: { playback: {} } });
  try {
    const writer = npy === undefined ? undefined : await FrameWriter.open(npy, logger);
    await host.initialize();
    return { data: await host.retrieve(eventId), writer };
  } finally {
    await host.dispose();
  }
}

const NAME_COLUMNS = 16;

function page(summary: Readonly<Record<string, unknown>>): string {
  return Object.entries(summary)
    .flatMap(([name, value]) => textsOf(name, value).map((text, index) => [index === 0 ? name : "", text]))
    .map(([name = "", text]) => `${`${name} `.padEnd(NAME_COLUMNS)}${text}\n`)
    .join("");
}

function textsOf(name: string, value: unknown): string[] {
  if (isArraySummary(value)) return arrayTexts(value);
  if (name === "timestamp" && typeof value === "number") {
    return [`${value} (${utcText(new Date(1000 * value))})`];
  }
  return [typeof value === "object" ? JSON.stringify(value) : String(value)];
}

function arrayTexts(array: ArraySummary): string[] {
  const {
    dtype,
    shape,
    unit = "",
    min,
    max,
    mean,
    bad_pixels: bad = 0,
    bad_pixels_by_reason: reasons = {},
  } = array;
  const byReason = Object.entries(reasons).filter(([, count]) => count > 0);
  return [
    `${dtype} [${shape.join(", ")}] ${unit}${array.incomplete ? ", incomplete" : ""}`,
    `min ${min}, mean ${mean}, max ${max}`,
    `${bad} bad pixels${byReason.length > 0 ? `: ${byReason.map(([why, count]) => `${why} ${count}`).join(", ")}` : ""}`,
    ...(array.wrong_constants ? ["the constants do not fit the gain setting"] : []),
  ];
}
