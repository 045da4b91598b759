import type { ViewImage } from "../../viewer/protocol.js";
import { dataShape, PIXEL_STATUS } from "../../viewer/protocol.js";
import type { Region } from "./region.js";
import { type Domain, type ScaleName, scaleOf } from "./scales.js";

/** Percentiles in percent at the ends of the colours; values outside have the first or the last colour. */
export type Percentiles = readonly [low: number, high: number];

export const DEFAULT_PERCENTILES: Percentiles = [0.1, 99.9];

/** The automatic domain of an image. */
export interface Autoscale {
  /** Never empty. */
  readonly domain: Domain;
  /** Good pixels that the scale cannot draw: negative ones, and zero on a logarithmic scale. */
  readonly undrawn: number;
}

/**
 * Choose the domain from the good pixels of a region of the frame that the scale can draw: from one
 * percentile of their values to another.
 *
 * Values are counted by the upper half of their bits, which sorts them into classes 0.8 % wide. The limits
 * are then interpolated within the classes of the two percentiles.
 */
export function autoscale(
  image: ViewImage,
  region: Region,
  scale: ScaleName,
  [low, high]: Percentiles,
): Autoscale {
  const values = valueBits(image);
  const bins = binsOf(region, image.header.binning);
  const classes = countClasses(image, values, bins);
  const { holds } = scaleOf(scale);
  const drawn: number[] = [];
  let [good, drawable] = [0, 0];
  for (const key of values.keys) {
    const count = classes[key] as number;
    if (count === 0) continue;
    good += count;
    if (!holds(values.nearest(key))) continue;
    drawable += count;
    drawn.push(key);
  }
  const undrawn = good - drawable;
  if (drawable === 0) return { domain: scale === "log" ? [0.1, 1] : [0, 1], undrawn };
  const valueAt = (percent: number) => {
    const { key, share } = placeOf((percent / 100) * (drawable - 1), drawn, classes);
    const [least, greatest] = extremesOf(key, image, values, bins);
    return least + share * (greatest - least);
  };
  const [min, max] = [valueAt(low), valueAt(high)];
  return { domain: min < max ? [min, max] : [min, min + 1], undrawn };
}

/** The part of the data that contains a region of the frame. */
function binsOf({ rows, columns }: Region, binning: number): Region {
  const span = ([from, to]: Region["rows"]) => [Math.floor(from / binning), Math.ceil(to / binning)] as const;
  return { rows: span(rows), columns: span(columns) };
}

/** The values of an image as words whose upper bits are their class. */
interface ValueBits {
  readonly words: Uint32Array | Uint16Array;
  readonly shift: number;
  /** The classes of finite values, from the lowest to the highest. */
  readonly keys: Uint16Array;
  /** The value nearest to 0 in a class. */
  readonly nearest: (key: number) => number;
}

const CLASSES = 1 << 16;
const SIGN = 0x8000;
/** NaN and Infinity have all of these bits. */
const EXPONENT = 0x7f80;

/** Each raw word is its own class. */
const WORD_KEYS = Uint16Array.from({ length: CLASSES }, (_, key) => key);
/** The upper half of a float32; for negative numbers, the order is reversed. */
const FLOAT_KEYS = Uint16Array.from({ length: CLASSES }, (_, i) => (i < SIGN ? 0xffff - i : i - SIGN)).filter(
  (key) => (key & EXPONENT) !== EXPONENT,
);

function valueBits({ data }: ViewImage): ValueBits {
  if (data instanceof Uint16Array) return { words: data, shift: 0, keys: WORD_KEYS, nearest: (key) => key };
  const { buffer, byteOffset, length } = data instanceof Float32Array ? data : new Float32Array(data);
  const view = new DataView(new ArrayBuffer(4));
  const nearest = (key: number) => {
    view.setUint32(0, key << 16);
    return view.getFloat32(0);
  };
  return { words: new Uint32Array(buffer, byteOffset, length), shift: 16, keys: FLOAT_KEYS, nearest };
}

/** Number of good pixels of the region in each class. */
function countClasses(
  { header, status }: ViewImage,
  { words, shift }: ValueBits,
  { rows, columns }: Region,
): Uint32Array {
  const counts = new Uint32Array(CLASSES);
  const [, width] = dataShape(header);
  for (let row = rows[0]; row < rows[1]; row++) {
    const start = row * width;
    for (let pixel = start + columns[0]; pixel < start + columns[1]; pixel++) {
      if (status[pixel] !== PIXEL_STATUS.good) continue;
      const key = (words[pixel] as number) >>> shift;
      counts[key] = (counts[key] as number) + 1;
    }
  }
  return counts;
}

interface ClassPlace {
  readonly key: number;
  /** Position within the class, 0 to 1. */
  readonly share: number;
}

/** The position of a rank, from 0, among the values of some classes. */
function placeOf(rank: number, keys: readonly number[], counts: Uint32Array): ClassPlace {
  let before = 0;
  for (const key of keys) {
    const count = counts[key] as number;
    if (rank <= before + count - 1)
      return { key, share: Math.max(rank - before, 0) / Math.max(count - 1, 1) };
    before += count;
  }
  return { key: keys.at(-1) as number, share: 1 };
}

/** The least and the greatest value of a class within the region. */
function extremesOf(
  key: number,
  { header, data, status }: ViewImage,
  { words, shift }: ValueBits,
  { rows, columns }: Region,
): readonly [least: number, greatest: number] {
  const [, width] = dataShape(header);
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = rows[0]; row < rows[1]; row++) {
    const start = row * width;
    for (let pixel = start + columns[0]; pixel < start + columns[1]; pixel++) {
      if ((words[pixel] as number) >>> shift !== key || status[pixel] !== PIXEL_STATUS.good) continue;
      const value = data[pixel] as number;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  return [least, greatest];
}
