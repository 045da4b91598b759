import type { StreamStatus } from "../api/index.js";
import { type Array2D, isArray2D, type MonitoredEvent, type Statistics, statistics } from "../host/index.js";
import type { EventOutput } from "./event-output.js";
import type { Output } from "./stdout.js";

/** Writes a line of JSON for each event, and a last one with the counters. */
export class JsonLines implements EventOutput {
  readonly #output: Output;
  readonly #status: () => StreamStatus;

  constructor(output: Output, status: () => StreamStatus) {
    this.#output = output;
    this.#status = status;
  }

  async write({ data }: MonitoredEvent): Promise<void> {
    await this.#output.write(`${JSON.stringify(summarizeData(data))}\n`);
  }

  async close(): Promise<void> {
    await this.#output.write(`${JSON.stringify({ summary: this.#status().counters })}\n`);
  }
}

/** An array as a JSON line holds it. */
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
 * One event's data as a JSON line holds it: arrays as their summaries, everything else as it is.
 */
export function summarizeData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, isArray2D(value) ? summarizeArray(value) : value]),
  );
}

/** Whether {@link summarizeData} has made this of an array. */
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
