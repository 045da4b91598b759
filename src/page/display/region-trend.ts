import type { ViewImage } from "../../viewer/protocol.js";
import type { Series } from "./history.js";
import { type Region, type RegionReading, readRegion } from "./region.js";

const TREND_SECONDS = 120;

/** The values of a region in the images shown in the last two minutes. */
export interface RegionTrend {
  /** Identifies region, image and unit; a trend restarts if it changes. */
  readonly key: string;
  /** Values of the newest image; null if the region is not within it. */
  readonly reading: RegionReading | null;
  readonly points: readonly { readonly time: number; readonly sum: number; readonly mean: number }[];
}

/** Add an image to the trend. One older than the last, as when a recording restarts, starts a new trend. */
export function withImage(trend: RegionTrend | null, image: ViewImage, region: Region): RegionTrend {
  const { image: name, unit, timestampSeconds: time } = image.header;
  const key = [name, unit, region.rows, region.columns].join();
  const reading = readRegion(image, region) ?? null;
  const old = trend?.key === key ? trend.points : [];
  const newest = old.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  const kept = time < newest ? [] : old.filter((point) => time - point.time <= TREND_SECONDS);
  if (reading === null || time === newest) return { key, reading, points: kept };
  return { key, reading, points: [...kept, { time, sum: reading.sum, mean: reading.mean }] };
}

export function trendSeries({ points }: RegionTrend, name: "sum" | "mean"): Series {
  return [
    points.map(({ time }) => time),
    points.map((point) => (Number.isNaN(point[name]) ? null : point[name])),
  ];
}
