import type { Profile } from "./protocol.js";

/** A curve as a data source's value, such as that of `RadialProfileJungfrau1MZmq`. */
interface ProfileValue {
  readonly unit: string;
  readonly centres: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
}

/** The profiles in the data of an event. Reading one may compute it. */
export function profilesOf(data: Readonly<Record<string, unknown>>): readonly Profile[] {
  return Object.entries(data).flatMap(([name, value]) => {
    if (!isProfile(value)) return [];
    const { unit, centres, mean } = value;
    return [{ name, unit, centres: Array.from(centres), mean: Array.from(mean, finiteOrNull) }];
  });
}

function isProfile(value: unknown): value is ProfileValue {
  if (
    typeof value !== "object" ||
    value === null ||
    !("unit" in value && "centres" in value && "mean" in value)
  )
    return false;
  return typeof value.unit === "string" && value.centres instanceof Float64Array;
}

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
