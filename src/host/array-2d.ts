/** A 2D array that a data source gave: what the host needs of it to show or store it. */
export interface Array2D {
  readonly dtype: "uint16" | "float32" | "int32";
  readonly shape: readonly [rows: number, columns: number];
  readonly data: Uint16Array | Float32Array | Int32Array;
  readonly unit?: string;
  /** In the shape of `data`: not 0 where there is no measurement. */
  readonly status?: Uint8Array;
  /** Pixels that hold no measurement, by reason. */
  readonly badPixels?: Readonly<Record<string, number>>;
  readonly incomplete?: boolean;
  /** Whether the detector was set in a way that its constants do not fit. */
  readonly wrongConstants?: boolean;
  /** Faster than to look at each pixel from outside; null where no pixel holds a measurement. */
  statistics?(): Statistics;
}

/** Whether a source's value is an array that this host can show. */
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
 * Statistics of an array's measurements: without NaN, and without pixels that have another status than 0. The array's own,
 * if it has some.
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
