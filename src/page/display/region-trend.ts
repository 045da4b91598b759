import type { ViewImage } from "../../viewer/protocol.js";
import type { Series } from "./history.js";
import { type Region, type RegionReading, readRegion } from "./region.js";

const TREND_SECONDS = 120;

/** What a region came to in the images that were shown: the last two minutes. */
export interface RegionTrend {
  /** What it is of; a trend begins again with another region, image or unit. */
  readonly key: string;
  /** The newest image's; null if the region is not within it. */
  readonly reading: RegionReading | null;
  readonly points: readonly { readonly time: number; readonly sum: number; readonly mean: number }[];
}

/** The trend with one more image; one that is older than the last, of a recording that begins again, begins a new trend. */
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
