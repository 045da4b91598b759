/** A 2D array from a data source: the members that the host needs to display or store it. */
export interface Array2D {
  readonly dtype: "uint16" | "float32" | "int32";
  readonly shape: readonly [rows: number, columns: number];
  readonly data: Uint16Array | Float32Array | Int32Array;
  readonly unit?: string;
  /** Same shape as `data`: not 0 for pixels without a measurement. */
  readonly status?: Uint8Array;
  /** Number of pixels without a measurement, by reason. */
  readonly badPixels?: Readonly<Record<string, number>>;
  readonly incomplete?: boolean;
  /** Whether the constants do not fit the detector's settings. */
  readonly wrongConstants?: boolean;
  /** Faster than a loop over the pixels; null if no pixel has a measurement. */
  statistics?(): Statistics;
}

/** Whether a source's value is an array that this host can display. */
export function isArray2D(value: unknown): value is Array2D {
  if (typeof value !== "object" || value === null || !("data" in value) || !("shape" in value)) return false;
  const { data, shape, dtype } = value as Partial<Array2D>;
  return (
    Array.isArray(shape) &&
    shape.length === 2 &&
    ((data instanceof Float32Array && dtype === "float32") ||
      (data instanceof Uint16Array && dtype === "uint16") ||
      (data instanceof Int32Array && dtype === "int32")) &&
    data.length === shape[0] * shape[1]
  );
}

/** Minimum, maximum and mean of the numbers in an array; null if there is none. */
export interface Statistics {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

/**
 * Statistics of an array's measurements, without NaN and without pixels whose status is not 0. Uses the array's own
 * statistics if it has some.
 */
export function statistics(array: Pick<Array2D, "data" | "status" | "statistics">): Statistics {
  if (typeof array.statistics !== "function") return measured(array);
  const { min, max, mean } = array.statistics();
  return { min, max, mean };
}

function measured({ data: values, status }: Pick<Array2D, "data" | "status">): Statistics {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value) || (status !== undefined && status[i] !== 0)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  return count === 0 ? { min: null, max: null, mean: null } : { min, max, mean: sum / count };
}
