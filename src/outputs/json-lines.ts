import type { StreamStatus } from "../api/index.js";
import { type Array2D, isArray2D, type MonitoredEvent, type Statistics, statistics } from "../host/index.js";
import type { EventOutput } from "./event-output.js";
import type { Output } from "./stdout.js";

/** Writes one line of JSON for each event, and a last one with the counters. */
export class JsonLines implements EventOutput {
  readonly name = "the reader of standard output";
  readonly #output: Output;
  readonly #status: () => StreamStatus;
  readonly #alarms: () => Readonly<Record<string, number>>;

  /** @param alarms  how often each alarm was raised */
  constructor(
    output: Output,
    status: () => StreamStatus,
    alarms: () => Readonly<Record<string, number>> = () => ({}),
  ) {
    this.#output = output;
    this.#status = status;
    this.#alarms = alarms;
  }

  async write(event: MonitoredEvent): Promise<void> {
    await this.#output.write(`${jsonLine(event)}\n`);
  }

  async close(): Promise<void> {
    const alarms = this.#alarms();
    const summary = {
      summary: this.#status().counters,
      ...(Object.keys(alarms).length > 0 && { alarms_raised: alarms }),
    };
    await this.#output.write(`${JSON.stringify(summary)}\n`);
  }
}

/** Finished lines, which outputs share, because measuring a frame takes time. */
const LINES = new WeakMap<MonitoredEvent, string>();

/** An event's data as JSON, without a line end. To be called while the event is open. */
export function jsonLine(event: MonitoredEvent): string {
  let line = LINES.get(event);
  if (line === undefined) {
    line = JSON.stringify(summarizeData(event.data));
    LINES.set(event, line);
  }
  return line;
}

/** An array in a JSON line. */
export interface ArraySummary extends Statistics {
  readonly dtype: Array2D["dtype"];
  readonly shape: readonly number[];
  readonly unit: string | undefined;
  readonly bad_pixels: number | undefined;
  readonly bad_pixels_by_reason: Readonly<Record<string, number>> | undefined;
  readonly incomplete: boolean | undefined;
  readonly wrong_constants: boolean | undefined;
}

/**
 * One event's data for a JSON line: arrays as summaries, lists of numbers in an object as lists, everything
 * else unchanged.
 */
export function summarizeData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      isArray2D(value) ? summarizeArray(value) : withLists(value),
    ]),
  );
}

/** JSON would write typed arrays as objects. */
function withLists(value: unknown): unknown {
  if (isTypedArray(value)) return Array.from(value);
  if (typeof value !== "object" || value === null || !Object.values(value).some(isTypedArray)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, isTypedArray(one) ? Array.from(one) : one]),
  );
}

function isTypedArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether a value is an array's summary from {@link summarizeData}. */
export function isArraySummary(value: unknown): value is ArraySummary {
  return typeof value === "object" && value !== null && "dtype" in value && "mean" in value;
}

function summarizeArray(array: Array2D): ArraySummary {
  const { dtype, shape, unit, badPixels, incomplete, wrongConstants } = array;
  return {
    dtype,
    shape,
    unit,
    ...statistics(array),
    bad_pixels: badPixels && Object.values(badPixels).reduce((sum, count) => sum + count, 0),
    bad_pixels_by_reason: badPixels,
    incomplete,
    wrong_constants: wrongConstants,
  };
}
