import { PIXEL_STATUS } from "../../calibration/index.js";
import { MISSING_WORD } from "../../detector.js";
import type { DetectorFrame } from "../detector-frame/frame.js";

/** From the first to before the last: a slice of numpy. */
export type PixelRange = readonly [from: number, to: number];

/** A rectangle of a frame. */
export interface FrameRegion {
  readonly rows: PixelRange;
  readonly columns: PixelRange;
}

/** What the good pixels of a region come to. */
export interface RegionMeasurement {
  /** Float64. */
  readonly sum: number;
  /** Null if there are no good pixels. */
  readonly maximum: number | null;
  readonly count: number;
}

// Here, because compiled code looks at another module's constant anew for each pixel.
const GOOD: number = PIXEL_STATUS.good;
const MISSING: number = MISSING_WORD;

/** Measure the good pixels of a region within the frame; of raw words, all but 0xFFFF. */
export function measureRegion(frame: DetectorFrame, { rows, columns }: FrameRegion): RegionMeasurement {
  const totals = { sum: 0, maximum: Number.NEGATIVE_INFINITY, count: 0 };
  for (let row = rows[0]; row < rows[1]; row++) {
    const start = row * frame.shape[1];
    addPixels(totals, frame, start + columns[0], start + columns[1]);
  }
  const { sum, maximum, count } = totals;
  return { sum, maximum: count === 0 ? null : maximum, count };
}

/** A function of its own, without a loop around: the compiler keeps its totals in registers. */
function addPixels(
  totals: { sum: number; maximum: number; count: number },
  { data, status, dtype }: DetectorFrame,
  start: number,
  end: number,
): void {
  const missing = dtype === "uint16" ? MISSING : Number.NaN;
  let { sum, maximum, count } = totals;
  for (let pixel = start; pixel < end; pixel++) {
    if (status !== undefined && status[pixel] !== GOOD) continue;
    const value = data[pixel] as number;
    if (value === missing) continue;
    sum += value;
    if (value > maximum) maximum = value;
    count++;
  }
  totals.sum = sum;
  totals.maximum = maximum;
  totals.count = count;
}
